import { cleanPath } from "../formats/path.ts";
import { anchorOf, foldPath, isAbsolute, pathReadings } from "./compare/path.ts";
import type { FilePath } from "./compare/place.ts";
import { compileGlob } from "./glob.ts";

/** Whether a list has a path. */
export type PathList = (path: FilePath) => boolean;

/** Every file that may be meant must be listed; a path that can't be read is not. */
export function compilePathAllowlist(patterns: readonly string[]): PathList {
  const { exact, wild } = compilePatterns(patterns.map(cleanPattern), false);
  // A wildcard stands for names, and never for a way up or a folder that nobody knows.
  const fits = (path: string) =>
    exact.has(path) || wild.some(({ anchor, fits }) => fits(path) && anchor === anchorOf(path));
  return ({ readings }) => readings !== undefined && readings.every(fits);
}

/** One of the files that may be meant is enough; a path that can't be read may be any. */
export function compilePathDenylist(patterns: readonly string[]): PathList {
  const spellings = [...new Set(patterns.flatMap(denySpellings).map(cleanPattern))];
  const { exact, wild } = compilePatterns([...new Set([...spellings, ...spellings.map(foldPath)])], true);
  const anchors = new Set(spellings.map(anchorOf));
  const fits = (path: string) => exact.has(path) || wild.some(({ fits }) => fits(path));
  // A home folder or a variable may stand for any folder that is written out.
  const isElsewhere = (path: string) =>
    /^[~$]/.test(path) && (anchors.size > 1 || !anchors.has(anchorOf(path)));
  return ({ readings, resolved, folded }) =>
    readings === undefined || readings.some(isElsewhere) || readings.some(fits) || resolved.some(fits) ||
    folded.some(fits);
}

interface Patterns {
  /** Patterns that fit their own text. */
  readonly exact: ReadonlySet<string>;
  readonly wild: readonly { readonly anchor: string; readonly fits: (path: string) => boolean }[];
}

/** Compile cleaned patterns: equal, below `<folder>/**`, or a glob over the whole path (docs/spec/gate.md 3.3.3). */
function compilePatterns(patterns: readonly string[], unknown: boolean): Patterns {
  const wild = patterns.filter((pattern) => /[*?[\\]/.test(pattern)).map((pattern) => {
    const below = pattern.endsWith(BELOW) ? belowFolder(pattern.slice(0, -BELOW.length)) : undefined;
    const glob = compileGlob(pattern);
    return {
      anchor: anchorOf(pattern),
      fits: (path: string) => (below?.(path) ?? false) || (glob !== undefined && (glob(path) ?? unknown)),
    };
  });
  return { exact: new Set(patterns), wild };
}

const BELOW = "/**";

function belowFolder(folder: string): (path: string) => boolean {
  if (folder === ".") return (path) => !isAbsolute(path) && anchorOf(path) === "";
  return (path) => path === folder || path.startsWith(`${folder}/`);
}

/** A pattern without `.`, `..` and empty parts, as paths are compared. */
function cleanPattern(pattern: string): string {
  // What a way up out of a home folder leads to is not known.
  if (/^[~$]/.test(pattern) && pattern.includes("..")) return pattern;
  if (!pattern.endsWith(BELOW)) return cleanPath(pattern);
  const folder = cleanPath(pattern.slice(0, -BELOW.length) || "/");
  return folder === "/" ? BELOW : folder + BELOW;
}

/** What a denied pattern may mean: as it is, without escapes and backslashes, and with all that a folder holds. */
function denySpellings(pattern: string): string[] {
  const isWild = /[*?[]/.test(pattern);
  const isWindows = /^(?:[A-Za-z]:|\\)\\/.test(pattern);
  const spellings = [
    pattern,
    ...(isWild ? [] : pathReadings(pattern) ?? []),
    ...(isWindows ? [pattern.replaceAll("\\", "/")] : []),
  ];
  return pattern.length > 1 && /[/\\]$/.test(pattern) ? spellings.map((one) => `${one}/**`) : spellings;
}
