import { compileGlob, MAX_GLOB_TEXT } from "../glob.ts";

/*
 * Parts of a path that don't say which file they name (docs/spec/gate.md 3.3.3, "Paths"): a pattern, if the tool hands the
 * path to a shell or expands it by itself, and the short name that Windows gives to every file beside its own
 * (`SECRET~1` for `secrets-of-payroll`). Only a look at the file system would tell; a gate has none.
 */

/** A short name of Windows: up to eight characters with a number at their end, and an extension of up to three. */
const SHORT_NAME = /^[^.~]{1,6}~[0-9]{1,6}(?:\.[^.~]{1,3})?$/;

/** Whether a part of a path is a short name. */
function isShortName(part: string): boolean {
  return SHORT_NAME.test(part) && (part.includes(".") ? part.indexOf(".") : part.length) <= 8;
}

/** The path up to its last short name, with that; `undefined` when it has none. */
export function throughShortName(path: string): string | undefined {
  if (!path.includes("~")) return undefined;
  const parts = path.split("/");
  const last = parts.findLastIndex(isShortName);
  return last < 0 ? undefined : parts.slice(0, last + 1).join("/");
}

/** Whether a path has a pattern that can stand for names of any length or spelling: `*`, `?` or a list in braces. */
export function hasWildcard(path: string): boolean {
  return /[*?]/.test(path) ||
    (path.includes("{") && path.split("/").some((part) => listsIn(part).length > 0));
}

/**
 * Whether a pattern in a path can lead out of the folders that it is written in: a list in braces that holds a slash
 * (`{a,../../etc}`), or a part that `..` matches (`.*`, `.{.,}`).
 */
export function mayClimb(path: string): boolean {
  if (!/[*?[{]/.test(path)) return false;
  return path.includes("{") && listsIn(path).some((list) => list.includes("/")) ||
    path.split("/").some((part) => part.length > 1 && mayBeParent(part));
}

function mayBeParent(part: string): boolean {
  if (!/^[.{]/.test(part) || !/[*?[{]/.test(part)) return false;
  if (part.length > MAX_GLOB_TEXT) return true; // nobody names a file so, but a list in braces may be as long
  // No wildcard stands for a dot in front, but a list in braces may hold it.
  if (part.startsWith("{") && !part.split(/[{,}]/).some(mayBecomeParent)) return false;
  return compileGlob(globOf(part))?.("..") !== false;
}

/** Whether a piece of a list in braces is a beginning of `..`, or a pattern that may match it. */
function mayBecomeParent(piece: string): boolean {
  return piece === "." || piece === ".." || /^\.[^*?[]*[*?[]/.test(piece);
}

/** Whether a path may lead to what a pattern names. */
export type PatternMeets = (path: string) => boolean;

/**
 * Whether a path may lead to what a pattern of a deny list names, part by part. Both are folded.
 *
 * @param pattern cleaned; a `**` at its end stands for all below
 */
export function compileMeets(pattern: string): PatternMeets {
  const parts = pattern.split("/");
  const isFolder = parts.length > 1 && parts.at(-1) === "**";
  const tests = (isFolder ? parts.slice(0, -1) : parts).map(compilePart);
  return (path) => {
    const names = path.split("/");
    for (const [i, test] of tests.entries()) {
      const name = names[i];
      if (name === undefined) return false;
      if (name === "**") return true; // any number of folders
      if (!test(name)) return false;
    }
    return isFolder || names.length === tests.length;
  };
}

/** Whether a path has a part that doesn't say which file it names. */
export function isUnsure(path: string): boolean {
  return /[*?[{]/.test(path) || throughShortName(path) !== undefined;
}

function compilePart(pattern: string): (name: string) => boolean {
  const isWild = /[*?[\\]/.test(pattern);
  const glob = isWild ? compileGlob(pattern) : undefined;
  const start = literalStart(pattern);
  return (name) => {
    if (name === pattern || (glob !== undefined && glob(name) !== false)) return true;
    if (isShortName(name)) return isWild || mayBeShort(name, pattern);
    if (!/[*?[{]/.test(name)) return false;
    if (name.length > MAX_GLOB_TEXT) return true;
    if (!isWild) return compileGlob(globOf(name))?.(pattern) !== false;
    const other = literalStart(name);
    return start.startsWith(other) || other.startsWith(start);
  };
}

function literalStart(part: string): string {
  return part.slice(0, /[*?[{\\]/.exec(part)?.index);
}

/**
 * Whether Windows may call a name so: without dots in front and blanks, its first two characters remain whatever else
 * has that short name; other characters than those of old file systems are replaced.
 */
function mayBeShort(short: string, name: string): boolean {
  // deno-lint-ignore no-control-regex -- what is not ASCII is meant
  if (/[^\x00-\x7f]|[+,;=[\]]/.test(name)) return true;
  const plain = name.replaceAll(" ", "").replace(/^\.+/, "");
  const dot = plain.lastIndexOf(".");
  const [stem, extension] = dot < 0 ? [plain, ""] : [plain.slice(0, dot), plain.slice(dot + 1)];
  const at = short.lastIndexOf(".");
  const [shortStem, shortExtension] = at < 0 ? [short, ""] : [short.slice(0, at), short.slice(at + 1)];
  const kept = stem.replaceAll(".", "").slice(0, 2);
  return kept !== "" && shortStem.slice(0, shortStem.lastIndexOf("~")).startsWith(kept) &&
    extension.slice(0, 3) === shortExtension;
}

/** The glob that matches at least what a shell makes of a part: classes and lists count as anything. */
function globOf(part: string): string {
  let glob = "";
  const chars = [...part];
  const ends = listEnds(chars);
  const lastClose = chars.lastIndexOf("]");
  for (let at = 0; at < chars.length; at++) {
    const char = chars[at]!;
    const close = char === "[" && at + 2 <= lastClose ? chars.indexOf("]", at + 2) : -1;
    const end = char === "{" ? ends.get(at) : undefined;
    if (char === "*" || end !== undefined) glob += "*";
    else if (char === "?" || close >= 0) glob += "?";
    else glob += `\\${char}`;
    at = end ?? (close >= 0 ? close : at);
  }
  return glob;
}

/** The lists in braces of a text, those within others as part of them. */
function listsIn(text: string): string[] {
  const chars = [...text];
  return [...listEnds(chars)].map(([start, end]) => chars.slice(start, end + 1).join(""));
}

/** Where the outermost braces that hold a list (`{a,b}`, `{1..9}`) begin and end. */
function listEnds(chars: readonly string[]): Map<number, number> {
  const ends = new Map<number, number>();
  const open: number[] = [];
  let isList = false;
  for (const [at, char] of chars.entries()) {
    if (char === "{") open.push(at);
    if (open.length === 0) continue;
    if (char === "," || (char === "." && chars[at + 1] === ".")) isList = true;
    if (char !== "}") continue;
    const start = open.pop()!;
    if (open.length > 0) continue;
    if (isList) ends.set(start, at);
    isList = false;
  }
  return ends;
}
