import { cleanPath } from "../../formats/path.ts";

/*
 * Which files a path may mean, in the form in which lists compare paths (docs/spec/gate.md 3.3.3): by text alone, as
 * the gate sees no file system. Where programs disagree about a spelling there are several readings: an allow list
 * must know all of them, a deny list any.
 */

/** How often escapes are taken out; what still has some is meant to deceive. */
const MAX_DECODINGS = 3;

/** The cleaned forms that a path may mean; `undefined` when it can't be read for certain. */
export function pathReadings(path: string): readonly string[] | undefined {
  if (isPlain(path)) return [path];
  const spellings = spellingsOf(path);
  const readings = new Set<string>();
  for (const spelling of spellings ?? []) {
    const cleaned = cleanReading(spelling);
    if (cleaned === undefined) return undefined;
    readings.add(cleaned);
  }
  return spellings && [...readings];
}

/** Whether a path is a file URL. */
export function isFileUrl(text: string): boolean {
  return /^file:/i.test(text);
}

/**
 * The start of a path that has no known place: the `..` that climb above where it starts, a home folder, or a variable
 * (`~`, `~ana`, `$HOME`). Empty for all others.
 */
export function anchorOf(path: string): string {
  if (path.startsWith("~") || path.startsWith("$")) return upTo(path, "/");
  if (!path.startsWith("..")) return "";
  let end = 0;
  while (path.startsWith("../", end)) end += "../".length;
  return path.slice(end) === ".." ? `${path}/` : path.slice(0, end);
}

/** Whether a path starts at a root, that of a drive included. */
export function isAbsolute(path: string): boolean {
  return path.startsWith("/") || /^[A-Za-z]:/.test(path);
}

/**
 * A path as file systems compare it that don't care about case, about the composition of letters, about what nobody
 * sees, and about dots and blanks at the ends of names; only deny lists do so.
 */
export function foldPath(path: string): string {
  // Up first, so that U+017F is found to be an s.
  const folded = path.replace(IGNORED, "").normalize("NFC").toUpperCase().toLowerCase();
  if (!/[. ](?:\/|$)/.test(folded)) return folded;
  return folded.split("/").map((part) => /^\.*$/.test(part) ? part : withoutDots(part))
    .join("/");
}

/** What HFS+ passes over in names (`.g\u200cit` is `.git`), and more that nobody sees. */
const IGNORED = /[\p{Cf}\p{Default_Ignorable_Code_Point}]/gu;

/** The file that a path names a stream of on NTFS: `secret.txt::$DATA`, `secret.txt:x`. `c:` is a drive. */
export function withoutStreams(path: string): string {
  if (!path.includes(":")) return path;
  return path.split("/").map((part) => part.indexOf(":") < 2 ? part : part.slice(0, part.indexOf(":"))).join(
    "/",
  );
}

/**
 * Further forms that only deny lists look at: where a path leads that does not start at a root, and the path with its
 * `..`, which lead elsewhere when a link stands before them.
 */
export function resolvedReadings(path: string, readings: readonly string[], workspace: string): string[] {
  const resolved = readings.flatMap((path) => {
    // A file URL has a slash before the drive.
    if (/^\/[A-Za-z]:(?:\/|$)/.test(path)) return [path.slice(1)];
    const anchor = anchorOf(path);
    if (isAbsolute(path) || (anchor !== "" && !anchor.startsWith(".."))) return [];
    const joined = cleanPath(`${workspace}/${path}`);
    // Wherever it starts, enough `..` end at the root.
    return anchor === "" ? [joined] : [joined, cleanPath(`/${path}`)];
  });
  return path.includes("..") ? [path, ...resolved] : resolved;
}

/** Most paths: from the root, of characters without any meaning of their own, and clean. */
function isPlain(path: string): boolean {
  return /^\/[\w./,+@=-]*$/.test(path) && !/\/\/|\/\.\.?(?:\/|$)|.\/$/.test(path);
}

/** The ways to write a path without escapes, backslashes and the form of a URL. */
function spellingsOf(path: string): ReadonlySet<string> | undefined {
  const spellings = new Set<string>();
  let text = isFileUrl(path) ? fileUrlPath(path) : path;
  for (let round = 0;; round++) {
    // For many programs a NUL ends the path.
    if (text === undefined || text.includes("\0") || hidesSeparators(text)) return undefined;
    spellings.add(text);
    // `\\?\` and `\\.\` stand before paths that Windows takes as they are.
    if (text.includes("\\")) spellings.add(text.replaceAll("\\", "/").replace(/^\/\/[?.]\//, ""));
    if (/%u[0-9a-f]{4}/i.test(text)) return undefined;
    const decoded = decodeEscapes(text);
    if (decoded === text) return spellings;
    if (round === MAX_DECODINGS) return undefined;
    text = decoded;
  }
}

/** The path of a file URL of this machine. */
function fileUrlPath(url: string): string | undefined {
  const rest = upTo(upTo(url.slice("file:".length), "#"), "?");
  if (!rest.startsWith("//")) return rest.startsWith("/") ? rest : undefined;
  const slash = rest.indexOf("/", 2);
  const host = rest.slice(2, slash < 0 ? undefined : slash).toLowerCase();
  return slash < 0 || (host !== "" && host !== "localhost") ? undefined : rest.slice(slash);
}

/** `undefined` when escaped bytes are no UTF-8: an overlong `/` or `.` is one for some programs. */
function decodeEscapes(text: string): string | undefined {
  if (!text.includes("%")) return text;
  try {
    return text.replace(/(?:%[0-9A-Fa-f]{2})+/g, decodeURIComponent);
  } catch {
    return undefined;
  }
}

/** Whether characters that some programs take for `/`, `\` or dots (U+FF0F, U+2025) would lead elsewhere. */
function hidesSeparators(text: string): boolean {
  // deno-lint-ignore no-control-regex -- what is not ASCII is meant
  if (!/[^\x00-\x7f]/.test(text)) return false;
  const parts = text.split(/[/\\]/);
  const narrow = text.replace(IGNORED, "").normalize("NFKC").split(/[/\\]/);
  const dots = (list: readonly string[]) => list.filter((part) => part === "." || part === "..").length;
  return narrow.length !== parts.length || dots(narrow) !== dots(parts);
}

/** `undefined` when the path climbs out of a folder that is not known. */
function cleanReading(path: string): string | undefined {
  if (!/^[~$]/.test(path)) return cleanPath(path);
  const [anchor, ...rest] = path.split("/");
  const below = cleanPath(rest.join("/"));
  return below === "."
    ? anchor
    : below === ".." || below.startsWith("../")
    ? undefined
    : `${anchor}/${below}`;
}

function withoutDots(part: string): string {
  let end = part.length;
  while (end > 0 && (part[end - 1] === "." || part[end - 1] === " ")) end--;
  return part.slice(0, end);
}

function upTo(text: string, end: string): string {
  const at = text.indexOf(end);
  return at < 0 ? text : text.slice(0, at);
}
