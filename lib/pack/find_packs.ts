import { compileGlob } from "../evaluate/glob.ts";
import type { Files } from "../effects/mod.ts";
import { invalidInput } from "../errors/mod.ts";
import { cleanPath, joinPath } from "../formats/path.ts";
import { append } from "../formats/lists.ts";

/** Folders deeper than this are not looked into; a loop of links could go on for ever. */
const MAX_DEPTH = 32;

/** Whether a target stands for more than one pack: a folder, or a pattern that is no file itself. */
export async function isManyPacks(target: string, files: Files): Promise<boolean> {
  if (await files.isFile(target)) return false;
  return isPattern(target) || (await files.stat(target))?.kind === "folder";
}

/**
 * Take words that can't be meant as a path out of the targets behind the first: no separator, no extension, no
 * pattern, and no file of that name. They alone don't fail a verification; a missing `b.zip` does.
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
 * The packs that targets stand for, each once and in the order of the targets: files as they are, all `.zip` files of
 * a folder, and what a pattern with `*`, `?`, `[...]` and `**` finds.
 *
 * @throws {GaitError} `invalid_input` when a target finds nothing: "all ok" about nothing would be a lie
 */
export async function findPacks(targets: readonly string[], files: Files): Promise<string[]> {
  const found = new Set<string>();
  for (const target of targets) {
    const matches = await matchesOf(target.trim(), files);
    if (matches.length === 0) {
      throw invalidInput(`Cannot find packs: nothing at "${target}"`, {
        hint: "Give packs, a folder of .zip files, or a pattern in quotes",
      });
    }
    for (const path of matches) found.add(path);
  }
  return [...found];
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

/** A link that leads nowhere, or a pipe, has the name of a pack: it must be reported, not passed over in silence. */
async function isCandidate(path: string, files: Files): Promise<boolean> {
  return (await files.stat(path))?.kind !== "folder";
}

/** One part of a pattern; `**` stands for any number of folders. */
type PartPattern = "**" | ((name: string) => boolean);

/** Names of files come from anybody, so they are never tried on a regular expression: it could take for ever. */
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
