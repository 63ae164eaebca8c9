/** The platforms of a release, and how its files are called. Run as a program, it prints the targets, one a line. */

/** A platform with its names in Deno and in the files of a release. */
export interface Platform {
  readonly target: string;
  readonly os: "linux" | "darwin" | "windows";
  readonly arch: "amd64" | "arm64";
}

/** Every platform that a release has. */
export const PLATFORMS: readonly Platform[] = [
  { target: "x86_64-unknown-linux-gnu", os: "linux", arch: "amd64" },
  { target: "aarch64-unknown-linux-gnu", os: "linux", arch: "arm64" },
  { target: "x86_64-apple-darwin", os: "darwin", arch: "amd64" },
  { target: "aarch64-apple-darwin", os: "darwin", arch: "arm64" },
  { target: "x86_64-pc-windows-msvc", os: "windows", arch: "amd64" },
  { target: "aarch64-pc-windows-msvc", os: "windows", arch: "arm64" },
];

/** The builds of an executable, by their sets of permissions in deno.json: `gait-online` may also use the network. */
export const BUILDS = ["gait", "gait-online"] as const;

/** One of them. */
export type Build = typeof BUILDS[number];

/** `gait_1.2.3_linux_amd64`, which begins the name of an archive. */
export function stemOf({ os, arch }: Platform, version: string, build: Build = "gait"): string {
  return `${build}_${version}_${os}_${arch}`;
}

/** The name of an archive: `.zip` for Windows, else `.tar.gz`. */
export function archiveName(platform: Platform, version: string, build?: Build): string {
  return stemOf(platform, version, build) + (platform.os === "windows" ? ".zip" : ".tar.gz");
}

/** The name of the executable inside an archive. */
export function executableName({ os }: Platform, build: Build = "gait"): string {
  return os === "windows" ? `${build}.exe` : build;
}

/** The version without `v`; throws unless it is a semantic version. */
export function plainVersion(version: string): string {
  const plain = version.replace(/^v/, "");
  if (!/^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/.test(plain)) throw new Error(`"${version}" is not a version`);
  return plain;
}

if (import.meta.main) { for (const { target } of PLATFORMS) console.log(target); }
