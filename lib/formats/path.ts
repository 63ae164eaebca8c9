import { invalidInput } from "../errors/mod.ts";
import { type PathStyle, rootOf, withSlashes } from "./path_style.ts";

/*
 * Lexical operations on paths. The style defaults to that of artifacts, because a path that was signed, or that a
 * policy matches, must mean the same on every platform.
 */

/** A path that is absolute or stays inside the working folder. */
export type SafePath = string & { readonly brand: "SafePath" };

/** Shortest equivalent path: no `.`, no `//`, `..` only in front, `/` between the parts. Empty becomes `.`. */
export function cleanPath(path: string, style: PathStyle = "posix"): string {
  const slashed = withSlashes(path, style);
  const root = rootOf(slashed, style);
  const rooted = root.endsWith("/");
  const kept: string[] = [];
  for (const part of slashed.slice(root.length).split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") kept.push(part);
    else if (kept.length > 0 && kept.at(-1) !== "..") kept.pop();
    else if (!rooted) kept.push("..");
  }
  return root + kept.join("/") || ".";
}

/**
 * The path of an output file: trimmed and cleaned (docs/spec/core.md 3.6).
 *
 * @throws {GaitError} `invalid_input` for an empty path, `.`, `/`, a NUL, or a relative path that leaves the working
 * folder
 */
export function outputPath(path: string, style: PathStyle = "posix"): SafePath {
  const cleaned = cleanPath(path.trim(), style);
  if (path.trim() === "" || cleaned === "." || cleaned === rootOf(cleaned, style)) {
    throw invalidInput(`Cannot write to "${path}": path names no file`);
  }
  if ((style === "posix" ? /\/$/ : /[/\\]$/).test(path.trim())) {
    throw invalidInput(`Cannot write to "${path}": path names a folder`, {
      hint: "Add the name of the file",
    });
  }
  return insideWorkingFolder(path.trim(), style);
}

/**
 * The path of a folder that output files go into: trimmed and cleaned. Unlike a file it may be the working folder itself,
 * and be written with a slash at its end (docs/spec/core.md 3.6).
 *
 * @throws {GaitError} `invalid_input` for an empty path, `/`, a NUL, or a relative path that leaves the working folder
 */
export function outputFolder(path: string, style: PathStyle = "posix"): SafePath {
  const cleaned = cleanPath(path.trim(), style);
  if (path.trim() === "" || (cleaned !== "." && cleaned === rootOf(cleaned, style))) {
    throw invalidInput(`Cannot write to "${path}": path names no folder`, {
      hint: "Give the name of a folder, or . for the working folder",
    });
  }
  return insideWorkingFolder(path.trim(), style);
}

/**
 * Check that a path is absolute, or relative without leaving the working folder. `..\x` is refused on every platform,
 * because a backslash is a separator on Windows.
 *
 * @throws {GaitError} `invalid_input` otherwise
 */
export function insideWorkingFolder(path: string, style: PathStyle = "posix"): SafePath {
  const cleaned = cleanPath(path, style);
  // Cleaning removes `a\b/..` as one part, so both the given and the cleaned path are checked.
  if (leavesFolder(path) || leavesFolder(cleaned) || rootOf(cleaned, style).endsWith(":")) {
    throw invalidInput(`Cannot use "${path}": path leaves the working folder`, {
      hint: "Give an absolute path, or one inside the working folder",
    });
  }
  if (hasControl(cleaned)) throw invalidInput("Cannot use a path with control characters");
  if (style === "windows") demandWindowsName(cleaned);
  return cleaned as SafePath;
}

/**
 * Check that Windows would create the file of this name: not a device, not a hidden stream of another file (`a.txt:x`),
 * not a file whose name lost the dots or blanks at its end.
 *
 * @param path with `/` between its parts
 * @throws {GaitError} `invalid_input` otherwise
 */
export function demandWindowsName(path: string): void {
  const names = path.slice(rootOf(path, "windows").length);
  const fault = /[:<>"|?*]/.test(names)
    ? "it contains a character that Windows reserves"
    : foreignPathFault(names);
  if (fault !== undefined) {
    throw invalidInput(`Cannot use "${path}": ${fault}`, { hint: "Choose another name" });
  }
}

/** Whether a relative path leads out of its base folder, with either separator. */
export function leavesFolder(path: string): boolean {
  const cleaned = cleanPath(path.replaceAll("\\", "/"));
  return cleaned === ".." || cleaned.startsWith("../");
}

/** Device names of Windows: reserved in every folder, in any letter case and with any extension. */
const DEVICE = /^(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9\u00b9\u00b2\u00b3])$/i;

/**
 * Why a path from an artifact or archive would mean another file on Windows; `undefined` if it means the same. An
 * attacker may have written the artifact (docs/threat_model.md 1).
 */
export function foreignPathFault(path: string): string | undefined {
  if (/^\s*[A-Za-z]:/.test(path)) return "it begins with a drive letter";
  if (/^\s*\\/.test(path)) return "it begins with a backslash";
  const parts = path.split(/[/\\]/);
  if (parts.some((part) => /[. ]$/.test(part) && part !== "." && part !== "..")) {
    return "it has a part that ends with a dot or a blank, which Windows drops";
  }
  return parts.some(isDeviceName) ? "it names a device" : undefined;
}

/** Whether a name is that of a device; Windows compares the part before the first dot or colon, without blanks. */
export function isDeviceName(part: string): boolean {
  const [stem = ""] = part.split(/[.:]/, 1);
  return DEVICE.test(stem.trim());
}

/** Join two paths; an absolute second one wins. */
export function joinPath(folder: string, path: string, style: PathStyle = "posix"): string {
  const isRelative = rootOf(withSlashes(path, style), style) === "";
  return cleanPath(isRelative ? `${folder}/${path}` : path, style);
}

/** The folder of a path, `.` when it has none. */
export function folderOf(path: string, style: PathStyle = "posix"): string {
  const slashed = withSlashes(path, style);
  const root = rootOf(slashed, style);
  const slash = slashed.lastIndexOf("/");
  if (slash >= root.length) return slashed.slice(0, slash);
  return root === "" || root.endsWith(":") ? `${root}.` : root;
}

/** The last part of a path. */
export function baseName(path: string, style: PathStyle = "posix"): string {
  const slashed = withSlashes(path, style);
  return slashed.slice(Math.max(slashed.lastIndexOf("/") + 1, rootOf(slashed, style).length));
}

/** The n-th numbered variant of a path: `name.json`, `name_2.json` and so on. */
export function numberedPath(path: string, n: number): string {
  if (n === 1) return path;
  const name = baseName(path);
  const dot = name.lastIndexOf(".");
  const end = dot > 0 ? name.slice(dot) : "";
  return `${path.slice(0, path.length - end.length)}_${n}${end}`;
}

/**
 * The name of the temporary file of an atomic write, in the folder of the file.
 *
 * @param unique 16 random hex digits
 */
export function temporaryName(name: string, unique: string): string {
  return `.${name}.tmp-${unique}`;
}

/** A path as commands report it: prefixed with `./` unless it is absolute or starts with a dot. */
export function displayPath(path: string): string {
  return path.startsWith("/") || path.startsWith(".") ? path : "./" + path;
}

/** Whether a text holds a C0 or C1 control character. */
export function hasControl(text: string): boolean {
  // deno-lint-ignore no-control-regex
  return /[\x00-\x1f\x7f-\x9f]/.test(text);
}
