/**
 * How a platform writes paths. Inside of Gait, and in every artifact, `/` separates; what a user of Windows writes gets
 * this form where it comes in (`lib/cli/parse.ts`, `lib/effects`), so everything behind splits a path in one way.
 */
export type PathStyle = "posix" | "windows";

/** The style of a platform, by the name that artifacts have for it. */
export function pathStyleOf(os: string): PathStyle {
  return os === "windows" ? "windows" : "posix";
}

/** The path with `/` between its parts. On POSIX a backslash is a letter like any other, so nothing changes. */
export function withSlashes(path: string, style: PathStyle): string {
  return style === "windows" ? path.replaceAll("\\", "/") : path;
}

/**
 * What a path with `/` between its parts starts from, and `..` never leaves: `/`, or on Windows `C:/` or
 * `//server/share/`. Empty for a relative path. `C:`, without a separator, is the folder in which another process left
 * that drive: neither absolute nor inside of any known folder.
 */
export function rootOf(path: string, style: PathStyle): string {
  if (style === "posix") return path.startsWith("/") ? "/" : "";
  const [drive] = /^[A-Za-z]:\/?/.exec(path) ?? [];
  if (drive !== undefined) return drive;
  const [share] = /^\/\/[^/]+\/[^/]+/.exec(path) ?? [];
  return share !== undefined ? `${share}/` : path.startsWith("/") ? "/" : "";
}
