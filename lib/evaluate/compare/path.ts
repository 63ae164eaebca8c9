import { withoutInvisible } from "../../formats/invisible.ts";
import { append } from "../../formats/lists.ts";
import { cleanPath } from "../../formats/path.ts";
import { isDescriptor, otherNames } from "./other_names.ts";
import { mayClimb } from "./unsure_names.ts";

/*
 * Normalises paths for comparison with lists (docs/spec/gate.md 3.3.3), lexically, because the gate has no access to
 * the file system. If programs disagree about a spelling, there are several readings: an allow list must contain all
 * of them, a deny list any.
 */

/** How often escapes are decoded; a path with further levels is an attack. */
const MAX_DECODINGS = 3;

/** The possible normal forms of a path; `undefined` if it is ambiguous. */
export function pathReadings(path: string): readonly string[] | undefined {
  if (isPlain(path)) return isDescriptor(path) ? undefined : [path];
  const spellings = spellingsOf(path);
  const readings = new Set<string>();
  for (const spelling of spellings ?? []) {
    if (mayClimb(spelling)) return undefined;
    const cleaned = cleanReading(spelling);
    if (cleaned === undefined || isDescriptor(cleaned)) return undefined;
    readings.add(cleaned);
  }
  return spellings && [...readings];
}

/** Whether a path is a file URL. */
export function isFileUrl(text: string): boolean {
  return /^file:/i.test(text);
}

/**
 * URLs that lead some clients to a file although they are no plain file URL: one within another scheme, and schemes that
 * open files or sockets (`php://filter`, `sqlite:////srv/x.db`, `http+unix://%2Frun%2Fdocker.sock`).
 */
// deno-lint-ignore gait/linear-regex -- anchored, and runs of at most 20 characters, at most four of them
const OPENS_FILE = new RegExp(
  "^(?:(?:[a-z][a-z0-9.-]{0,20}[+:]){1,4}file:|" +
    "(?:[a-z][a-z0-9.-]{0,20}[+:])?(?:local[_-]file|netdoc|php|phar|jar|zip|rar|glob|expect|ogg|npipe|sqlite3?|duckdb|" +
    "unix|compress\\.[a-z0-9]{1,20}):[/\\\\])",
  "i",
);

/** Whether a text is a URL of a file, to URL parsers at least. */
export function leadsToFile(text: string): boolean {
  const seen = asParsersSee(text);
  return isFileUrl(seen) || OPENS_FILE.test(seen);
}

/** URL parsers skip leading blanks and controls, and tabs and line breaks anywhere. */
export function asParsersSee(value: string): string {
  // deno-lint-ignore no-control-regex -- that is what they skip
  return /[\x00-\x20]/.test(value) ? value.replace(/[\t\n\r]/g, "").replace(/^[\x00-\x20]+/, "") : value;
}

/**
 * The prefix of a path whose location is unknown: leading `..`, a home folder, or a variable (`~`, `~ana`, `$HOME`).
 * Empty for all other paths.
 */
export function anchorOf(path: string): string {
  if (isFromVariable(path)) return upTo(path, "/");
  if (!path.startsWith("..")) return "";
  let end = 0;
  while (path.startsWith("../", end)) end += "../".length;
  return path.slice(end) === ".." ? `${path}/` : path.slice(0, end);
}

/** Whether a path starts with a home folder or a variable, as Windows writes them too (`%APPDATA%`). */
export function isFromVariable(path: string): boolean {
  return /^(?:[~$]|%[^%/\\]{1,64}%)/.test(path);
}

/** Whether a path starts at a root, including that of a drive. */
export function isAbsolute(path: string): boolean {
  return path.startsWith("/") || /^[A-Za-z]:/.test(path);
}

/**
 * Fold a path as lenient file systems do: ignoring case, Unicode composition, invisible characters, and trailing dots
 * and blanks of names. Used only by deny lists.
 */
export function foldPath(path: string): string {
  // HFS+ ignores invisible characters: `.g\u200cit` is `.git`. Upper-cased first, so that U+017F becomes an s.
  const folded = withoutInvisible(path).normalize("NFC").toUpperCase().toLowerCase();
  if (!/[. ](?:\/|$)/.test(folded)) return folded;
  return folded.split("/").map((part) => /^\.*$/.test(part) ? part : withoutDots(part))
    .join("/");
}

/** Remove NTFS stream names: `secret.txt::$DATA`, `secret.txt:x`. `c:` is a drive. */
export function withoutStreams(path: string): string {
  if (!path.includes(":")) return path;
  return path.split("/").map((part) => part.indexOf(":") < 2 ? part : part.slice(0, part.indexOf(":"))).join(
    "/",
  );
}

/**
 * Further forms for deny lists: a relative path resolved against possible folders, the own name of what has another one,
 * and the path with its `..`, which lead elsewhere after a link.
 */
export function resolvedReadings(path: string, readings: readonly string[], workspace: string): string[] {
  const resolved = readings.flatMap((path) => {
    // In a file URL a slash precedes the drive.
    if (/^\/[A-Za-z]:(?:\/|$)/.test(path)) return [path.slice(1)];
    const anchor = anchorOf(path);
    if (isAbsolute(path) || (anchor !== "" && !anchor.startsWith(".."))) return [];
    const joined = cleanPath(`${workspace}/${path}`);
    // Enough `..` lead to the root from any folder.
    return anchor === "" ? [joined] : [joined, cleanPath(`/${path}`)];
  });
  for (const one of new Set([path, ...readings, ...resolved])) append(resolved, otherNames(one, workspace));
  return path.includes("..") ? [path, ...resolved] : resolved;
}

/** The fast path: absolute, clean, and without special characters. */
function isPlain(path: string): boolean {
  return /^\/[\w./,+@=-]*$/.test(path) && !/\/\/|\/\.\.?(?:\/|$)|.\/$/.test(path);
}

/** The spellings of a path after decoding escapes, backslashes and file URLs. */
function spellingsOf(path: string): ReadonlySet<string> | undefined {
  const spellings = new Set<string>();
  const isUrl = isFileUrl(path);
  if (!isUrl && leadsToFile(path)) return undefined;
  let text = isUrl ? fileUrlPath(path) : path;
  for (let round = 0;; round++) {
    // Many programs end a path at a NUL.
    if (text === undefined || text.includes("\0") || hidesSeparators(text)) return undefined;
    spellings.add(text);
    // `\\?\` and `\\.\` prefix paths that Windows uses unparsed.
    if (text.includes("\\")) spellings.add(text.replaceAll("\\", "/").replace(/^\/\/[?.]\//, ""));
    // What else Windows takes unparsed can name any volume: `\\?\GLOBALROOT\Device\…`, `\\.\Volume{…}`.
    if (/^(?:[/\\]{2}\?[/\\]|\\\\\.\\)(?![a-z]:|unc[/\\])/i.test(text)) return undefined;
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
  if (slash < 0 || (host !== "" && host !== "localhost")) return undefined;
  return rest.slice(slash).replace(/^(\/+[A-Za-z])\|(?=\/|$)/, "$1:");
}

/** `undefined` if escaped bytes are invalid UTF-8: some programs accept an overlong `/` or `.`. */
function decodeEscapes(text: string): string | undefined {
  if (!text.includes("%")) return text;
  try {
    return text.replace(/(?:%[0-9A-Fa-f]{2})+/g, decodeURIComponent);
  } catch {
    return undefined;
  }
}

/** Whether a path contains characters that some programs map to `/`, `\` or dots (U+FF0F, U+2025). */
function hidesSeparators(text: string): boolean {
  // deno-lint-ignore no-control-regex -- what is not ASCII is meant
  if (!/[^\x00-\x7f]/.test(text)) return false;
  const parts = text.split(/[/\\]/);
  const narrow = withoutInvisible(text).normalize("NFKC").split(/[/\\]/);
  const dots = (list: readonly string[]) => list.filter((part) => part === "." || part === "..").length;
  return narrow.length !== parts.length || dots(narrow) !== dots(parts);
}

/** `undefined` if the path leaves an unknown folder. */
function cleanReading(path: string): string | undefined {
  if (!isFromVariable(path)) return cleanPath(path);
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
