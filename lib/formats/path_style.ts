/**
 * How a platform writes paths. Inside of Gait and in every artifact the separator is `/`. Paths from a Windows user
 * are converted where they enter (`lib/cli/parse.ts`, `lib/effects`), so all other code splits at `/` only.
 */
export type PathStyle = "posix" | "windows";

/** The style of a platform, by its name in artifacts. */
export function pathStyleOf(os: string): PathStyle {
  return os === "windows" ? "windows" : "posix";
}

/** Convert separators to `/`. On POSIX a backslash is part of a name, so nothing changes. */
export function withSlashes(path: string, style: PathStyle): string {
  return style === "windows" ? path.replaceAll("\\", "/") : path;
}

/**
 * The root of a path with `/` separators, which `..` can't leave: `/`, or on Windows also `C:/` or `//server/share/`.
 * Empty for a relative path. `C:` without a separator means the current folder of that drive, which depends on the
 * process: it is neither absolute nor inside of a known folder.
 */
export function rootOf(path: string, style: PathStyle): string {
  if (style === "posix") return path.startsWith("/") ? "/" : "";
  const [drive] = /^[A-Za-z]:\/?/.exec(path) ?? [];
  if (drive !== undefined) return drive;
  const [share] = /^\/\/[^/]+\/[^/]+/.exec(path) ?? [];
  return share !== undefined ? `${share}/` : path.startsWith("/") ? "/" : "";
}
