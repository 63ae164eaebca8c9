/** What the packages for Linux distributions have in common. */

/** What a package is made of. */
export interface LinuxPackage {
  /** Without `v`. */
  readonly version: string;
  readonly arch: "amd64" | "arm64";
  readonly homepage: string;
  readonly executable: Uint8Array<ArrayBuffer>;
  readonly license: Uint8Array<ArrayBuffer>;
}

/** A version before a release sorts before it when a tilde begins its end, for dpkg and for rpm. */
export function sortableVersion(version: string): string {
  return version.replace("-", "~");
}
