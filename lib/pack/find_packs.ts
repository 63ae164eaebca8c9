import { compileGlob } from "../evaluate/glob.ts";
import type { Files } from "../effects/mod.ts";
import { invalidInput } from "../errors/mod.ts";
import { cleanPath, joinPath } from "../formats/path.ts";
import { append } from "../formats/lists.ts";
import { PACK_ENTRY } from "../schema/pack_layout.ts";
import { ENTRY } from "../schema/runpack_layout.ts";

/** The deepest folder level that is searched; links could form a loop. */
const MAX_DEPTH = 32;

/** Whether a target may match several packs: a folder, or a pattern that is not an existing file. */
export async function isManyPacks(target: string, files: Files): Promise<boolean> {
  if (await files.isFile(target)) return false;
  return isPattern(target) || (await files.stat(target))?.kind === "folder";
}

/**
 * Drop words that can't be paths from the targets after the first: without separator, extension or pattern, and
 * without a file of that name. Such a word doesn't fail a verification; a missing `b.zip` does.
 */
export async function withoutWords(
  targets: readonly string[],
  files: Files,
): Promise<{ targets: string[]; words: string[] }> {
  const kept: string[] = [];
  const words: string[] = [];
  for (const [i, target] of targets.entries()) {
    const isWord = i > 0 && !/[/\\.]/.test(target) && !isPattern(target) &&
      await files.stat(target) === undefined;
    (isWord ? words : kept).push(target);
  }
  return { targets: kept, words };
}

function isPattern(target: string): boolean {
  return /[*?[]/.test(target);
}

/**
 * Expand targets to packs, without duplicates and in the order of the targets: files, all `.zip` files of a folder,
 * and matches of a pattern with `*`, `?`, `[...]` and `**`.
 *
 * @throws {GaitError} `invalid_input` if a target matches nothing: success without any pack would be misleading
 */
export async function findPacks(targets: readonly string[], files: Files): Promise<string[]> {
  const found = new Set<string>();
  for (const target of targets) {
    const matches = await matchesOf(target.trim(), files);
    if (matches.length === 0) {
      throw invalidInput(`Cannot find packs: nothing at "${target}"`, {
        hint: await isUnpacked(target.trim(), files)
          ? UNPACKED
          : "Give packs, a folder of .zip files, or a pattern in quotes",
      });
    }
    for (const path of matches) found.add(path);
  }
  return [...found];
}

const UNPACKED = "It is an unpacked archive: give the .zip itself, which is what was signed";

/** Browsers and file managers unpack what they download. */
async function isUnpacked(target: string, files: Files): Promise<boolean> {
  for (const name of [PACK_ENTRY.manifest, ENTRY.manifest]) {
    if (await files.isFile(joinPath(target, name))) return true;
  }
  return false;
}

async function matchesOf(target: string, files: Files): Promise<string[]> {
  if (target === "") return [];
  if (await files.isFile(target)) return [target];
  if ((await files.stat(target))?.kind === "folder") return await filesIn(target, files);
  if (!isPattern(target)) return [];
  const parts = cleanPath(target).split("/");
  const fixed = parts.findIndex(isPattern);
  const base = parts.slice(0, fixed).join("/") || (target.startsWith("/") ? "/" : ".");
  return await walk(base, parts.slice(fixed).map(partPattern), files, 0);
}

async function filesIn(folder: string, files: Files): Promise<string[]> {
  const names = (await files.list(folder)).filter((name) => name.toLowerCase().endsWith(".zip"));
  const paths = names.map((name) => joinPath(folder, name));
  const are = await Promise.all(paths.map((path) => isCandidate(path, files)));
  return paths.filter((_, i) => are[i]);
}

/** A dangling link or a pipe with the name of a pack must be reported, not silently skipped. */
async function isCandidate(path: string, files: Files): Promise<boolean> {
  return (await files.stat(path))?.kind !== "folder";
}

/** One part of a pattern; `**` matches any number of folders. */
type PartPattern = "**" | ((name: string) => boolean);

/** File names are untrusted, so they are never matched by a regular expression, which could take exponential time. */
function partPattern(part: string): PartPattern {
  if (part === "**") return "**";
  const matches = compileGlob(part.replaceAll("[!", "[^"));
  if (!matches) throw invalidInput(`Cannot use pattern "${part}"`);
  return (name) => matches(name) === true;
}

async function walk(
  folder: string,
  parts: readonly PartPattern[],
  files: Files,
  depth: number,
): Promise<string[]> {
  const [first, ...rest] = parts;
  if (first === undefined || depth > MAX_DEPTH) return [];
  const found: string[] = first === "**" ? await walk(folder, rest, files, depth) : [];
  for (const name of await files.list(folder)) {
    const path = joinPath(folder, name);
    const kind = (await files.stat(path))?.kind;
    if (first === "**") {
      if (kind === "folder") append(found, await walk(path, parts, files, depth + 1));
    } else if (first(name)) {
      if (rest.length > 0) {
        if (kind === "folder") append(found, await walk(path, rest, files, depth + 1));
      } else if (kind !== "folder") found.push(path);
    }
  }
  return found;
}
