import type { Files, FolderEntry } from "../effects/mod.ts";
import { compareBytewise } from "../formats/bytes.ts";
import { GaitError, invalidInput } from "../errors/mod.ts";
import { cleanPath } from "../formats/path.ts";
import { lower, trim } from "../formats/text.ts";
import { compileGlob } from "../evaluate/glob.ts";

/** Folders that contain no sources of the repository itself; compared case-insensitively. */
const SKIPPED: ReadonlySet<string> = new Set([".git", ".beads", "node_modules", "__pycache__"]);

/** Whether a folder is skipped because its content is not the repository's own. */
export function isSkipped(folder: string): boolean {
  return SKIPPED.has(lower(folder.slice(folder.lastIndexOf("/") + 1)));
}

/** The folders to scan: cleaned, unique and sorted; the current one if none is given. */
export function cleanRoots(roots: readonly string[]): string[] {
  const cleaned = roots.map(trim).filter((root) => root !== "").map((root) => cleanPath(root));
  return cleaned.length === 0 ? ["."] : [...new Set(cleaned)].sort(compareBytewise);
}

/**
 * Refuse a root that is not a folder; a link to a folder is followed.
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
  throw invalidInput(
    `Cannot scan "${root}": ${info === undefined ? "no such folder" : "it is not a folder"}`,
    {
      hint: "Give folders to --roots; relative paths are relative to the working folder",
    },
  );
}

/** The paths to include and to exclude. */
export interface PathPatterns {
  readonly include: readonly string[];
  readonly exclude: readonly string[];
}

/** A test for paths: a pattern matches as a glob of the whole path, or as a substring of it. */
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

/** An entry of a tree that is not a folder. */
export interface WalkedFile {
  readonly path: string;
  /** Neither a link nor a device. */
  readonly isRegular: boolean;
}

/** Limits for walking a tree. */
export interface WalkOptions {
  /** Collects warnings about skipped entries; without it they are errors. */
  readonly warnings?: string[];
  /** The deepest nesting of folders; deeper entries are skipped with a warning, or are an error. */
  readonly maxDepth?: number;
  /** The most entries that are examined. */
  readonly maxEntries?: number;
}

/** The most warnings that are collected. */
const MAX_WARNINGS = 100;

/** Paths of deeper folders would exceed the system's limit of 4096 bytes. */
const MAX_DEPTH = 2048;

/**
 * All entries below a root that are not folders, sorted by name. Links are not followed, so the walk terminates and
 * stays inside the root. It is iterative, because a tree may be too deep for recursion.
 *
 * @throws {GaitError} `invalid_input` if a folder can't be listed, unless warnings are collected
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
