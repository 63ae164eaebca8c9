import type { Files } from "../effects/mod.ts";
import { compareBytewise } from "../formats/bytes.ts";
import { invalidInput } from "../errors/mod.ts";
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
  readonly isLink: boolean;
}

/** A folder can't have more entries below each other than this: paths have at most 4096 bytes. */
const MAX_OPEN = 2048;

/**
 * Everything below a root that is no folder, in the order of names. Links are not followed, so a walk ends and stays
 * inside. Without recursion: a tree may be as deep as paths are long.
 *
 * @throws {GaitError} `invalid_input` when a folder can't be listed or an entry can't be looked at
 */
export async function* walkTree(files: Files, root: string): AsyncGenerator<WalkedFile> {
  if (isSkipped(root)) return;
  const open: { readonly folder: string; readonly names: readonly string[]; next: number }[] = [];
  const enter = async (folder: string) => {
    if (open.length >= MAX_OPEN) throw invalidInput(`Cannot scan "${folder}": folders are nested too deep`);
    open.push({ folder, names: await files.list(folder), next: 0 });
  };
  await enter(root);
  for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
    const name = top.names[top.next++];
    if (name === undefined) {
      open.pop();
      continue;
    }
    const path = top.folder === "." ? name : top.folder === "/" ? `/${name}` : `${top.folder}/${name}`;
    const info = await files.stat(path);
    if (info === undefined) {
      throw invalidInput(`Cannot look at "${path}": it went away, or its name is no Unicode`, {
        hint: "Rename it, or scan folders without it",
      });
    }
    if (info.kind !== "folder") yield { path, isLink: info.kind === "symlink" };
    else if (!isSkipped(path)) await enter(path);
  }
}
