import type { Files, FolderEntry } from "../effects/mod.ts";
import { compareBytewise } from "../formats/bytes.ts";
import { GaitError, invalidInput } from "../errors/mod.ts";
import { cleanPath } from "../formats/path.ts";
import { lower, trim } from "../formats/text.ts";
import { compileGlob } from "../evaluate/glob.ts";

/** Folders without sources of the repository itself, in any letter case. */
const SKIPPED: ReadonlySet<string> = new Set([".git", ".beads", "node_modules", "__pycache__"]);

/** Whether what lies in a folder belongs to others. */
export function isSkipped(folder: string): boolean {
  return SKIPPED.has(lower(folder.slice(folder.lastIndexOf("/") + 1)));
}

/** The folders to scan: cleaned, unique and sorted; the current one when none is given. */
export function cleanRoots(roots: readonly string[]): string[] {
  const cleaned = roots.map(trim).filter((root) => root !== "").map((root) => cleanPath(root));
  return cleaned.length === 0 ? ["."] : [...new Set(cleaned)].sort(compareBytewise);
}

/**
 * Refuse a root that is no folder; a link to one is followed.
 *
 * @throws {GaitError} `invalid_input`
 */
export async function checkRoot(files: Files, root: string): Promise<void> {
  const info = await files.stat(root);
  if (info?.kind === "folder") return;
  if (info?.kind === "symlink") {
    const target = await files.stat(await files.realPath(root));
    if (target?.kind === "folder") return;
  }
  throw invalidInput(`Cannot scan "${root}": ${info === undefined ? "no such folder" : "it is no folder"}`, {
    hint: "Give folders to --roots; a relative one counts from the working folder",
  });
}

/** Which paths are looked at. */
export interface PathPatterns {
  readonly include: readonly string[];
  readonly exclude: readonly string[];
}

/** A test for paths: a pattern matches as a glob of the whole path, or as a part of it. */
export function pathFilter({ include, exclude }: PathPatterns): (path: string) => boolean {
  const tests = (patterns: readonly string[]) =>
    patterns.map((pattern) => {
      const glob = compileGlob(pattern);
      return (path: string) => path.includes(pattern) || glob?.(path) === true;
    });
  const [included, excluded] = [tests(include), tests(exclude)];
  return (path) =>
    !excluded.some((matches) => matches(path)) &&
    (included.length === 0 || included.some((matches) => matches(path)));
}

/** An entry of a tree that is no folder. */
export interface WalkedFile {
  readonly path: string;
  /** Neither a link nor a device. */
  readonly isRegular: boolean;
}

/** How far a tree is walked. */
export interface WalkOptions {
  /** Receives what could not be looked at, instead of an error. */
  readonly warnings?: string[];
  /** The deepest nesting of folders; what lies deeper is left out with a warning, or is an error. */
  readonly maxDepth?: number;
  /** The most entries that are looked at. */
  readonly maxEntries?: number;
}

/** More warnings tell nothing more. */
const MAX_WARNINGS = 100;

/** Deeper folders have no path that the system takes: it has at most 4096 bytes. */
const MAX_DEPTH = 2048;

/**
 * Everything below a root that is no folder, in the order of names. Links are not followed, so a walk ends and stays
 * inside. Without recursion: a tree may be as deep as paths are long.
 *
 * @throws {GaitError} `invalid_input` when a folder can't be listed, unless that is taken as a warning
 */
export async function* walkTree(
  files: Files,
  root: string,
  { warnings, maxDepth = MAX_DEPTH, maxEntries = Infinity }: WalkOptions = {},
): AsyncGenerator<WalkedFile> {
  if (isSkipped(root)) return;
  const leaveOut = (error: GaitError) => {
    if (!warnings || error.code !== "invalid_input") throw error;
    if (warnings.length < MAX_WARNINGS) warnings.push(`left out: ${error.message}`);
    else if (warnings.length === MAX_WARNINGS) warnings.push("left out: more of the same");
  };
  const open: { readonly folder: string; readonly entries: readonly FolderEntry[]; next: number }[] = [];
  const enter = async (folder: string) => {
    if (open.length >= maxDepth) {
      return leaveOut(invalidInput(`"${folder}" lies more than ${maxDepth} folders deep`));
    }
    try {
      open.push({ folder, entries: await files.entries(folder), next: 0 });
    } catch (error) {
      if (!(error instanceof GaitError)) throw error;
      leaveOut(error);
    }
  };
  let seen = 0;
  await enter(root);
  for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
    const entry = top.entries[top.next++];
    if (entry === undefined) {
      open.pop();
      continue;
    }
    if (++seen > maxEntries) return leaveOut(invalidInput(`all beyond ${maxEntries} files and folders`));
    const { name, kind } = entry;
    const path = top.folder === "." ? name : top.folder === "/" ? `/${name}` : `${top.folder}/${name}`;
    if (kind !== "folder") yield { path, isRegular: kind === "file" };
    else if (!isSkipped(path)) await enter(path);
  }
}
