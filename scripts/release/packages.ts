/** What package managers read: the Homebrew formula and the Scoop manifest, from the checksums of a release. */
import type { Checksum } from "../../lib/release/checksums.ts";
import { archiveName, type Platform, PLATFORMS } from "./platforms.ts";

/** Where a release lies. */
export interface PackageOptions {
  readonly version: string;
  /** Address under which the archives are downloaded, without a slash at the end. */
  readonly baseUrl: string;
  readonly homepage: string;
  readonly checksums: readonly Checksum[];
}

/** One line on what it is. */
export const DESCRIPTION = "Policy gate and signed evidence for AI agents, offline";

/** The formula: macOS and Linux, both processors. */
export function homebrewFormula(options: PackageOptions): string {
  const source = (os: Platform["os"], arch: Platform["arch"]) => {
    const { url, digest } = archive(options, os, arch);
    return `      url "${url}"\n      sha256 "${digest}"\n`;
  };
  const system = (name: string, os: Platform["os"]) =>
    `  on_${name} do\n    on_arm do\n${source(os, "arm64")}    end\n    on_intel do\n${
      source(os, "amd64")
    }    end\n  end\n`;
  return `class Gait < Formula
  desc "${DESCRIPTION}"
  homepage "${options.homepage}"
  version "${options.version}"
  license "Apache-2.0"

${system("macos", "darwin")}
${system("linux", "linux")}
  def install
    bin.install "gait"
    generate_completions_from_executable(bin/"gait", "completion")
  end

  test do
    assert_match "run_id", shell_output("#{bin}/gait demo --json")
    system bin/"gait", "verify", "run_demo"
  end
end
`;
}

/** The manifest of Scoop. */
export function scoopManifest(options: PackageOptions): string {
  const source = (arch: Platform["arch"]) => {
    const { url, digest } = archive(options, "windows", arch);
    return { url, hash: digest };
  };
  const manifest = {
    version: options.version,
    description: DESCRIPTION,
    homepage: options.homepage,
    license: "Apache-2.0",
    architecture: { "64bit": source("amd64"), arm64: source("arm64") },
    bin: "gait.exe",
  };
  return `${JSON.stringify(manifest, undefined, 4)}\n`;
}

/** Throws when the release has no such archive: a formula with a hole installs nothing on somebody's machine. */
function archive(
  { version, baseUrl, checksums }: PackageOptions,
  os: Platform["os"],
  arch: Platform["arch"],
): { url: string; digest: string } {
  const platform = PLATFORMS.find((platform) => platform.os === os && platform.arch === arch)!;
  const name = archiveName(platform, version);
  const found = checksums.find((checksum) => checksum.name === name);
  if (found === undefined) throw new Error(`The checksums do not list ${name}`);
  return { url: `${baseUrl}/${name}`, digest: found.digest };
}
