import { cleanPath } from "../formats/path.ts";
import { anchorOf, foldPath, isAbsolute, isFromVariable, pathReadings } from "./compare/path.ts";
import { otherNames } from "./compare/other_names.ts";
import type { FilePath } from "./compare/place.ts";
import {
  compileMeets,
  hasWildcard,
  isUnsure,
  type PatternMeets,
  throughShortName,
} from "./compare/unsure_names.ts";
import { compileGlob } from "./glob.ts";

/** Whether a list contains a path. */
export type PathList = (path: FilePath) => boolean;

/** All possible paths must be listed; an ambiguous path is not. */
export function compilePathAllowlist(patterns: readonly string[]): PathList {
  const { exact, wild } = compilePatterns(patterns.map(cleanPattern), false);
  // A wildcard matches names, but neither `..` nor an unknown folder.
  const fits = (path: string) => {
    if (exact.has(path)) return true;
    const short = throughShortName(path);
    const isWild = hasWildcard(path);
    return wild.some(({ anchor, fits, pattern }) =>
      fits(path) && anchor === anchorOf(path) && (short === undefined || pattern.startsWith(`${short}/`)) &&
      (!isWild || pattern === path || pattern.endsWith(BELOW))
    );
  };
  return ({ readings }) => readings !== undefined && readings.every(fits);
}

/** One of the possible paths is enough; an ambiguous path always matches. */
export function compilePathDenylist(patterns: readonly string[]): PathList {
  const spellings = [...new Set(patterns.flatMap(denySpellings).map(cleanPattern))];
  const folds = [...new Set(spellings.map(foldPath))];
  const { exact, wild } = compilePatterns([...new Set([...spellings, ...folds])], true);
  let meets: readonly PatternMeets[] | undefined; // few paths ask for it
  const mayBeListed = (path: string) =>
    isUnsure(path) && (meets ??= folds.map(compileMeets)).some((meets) => meets(path));
  const anchors = new Set(spellings.map(anchorOf));
  const fits = (path: string) => exact.has(path) || wild.some(({ fits }) => fits(path));
  // A home folder or a variable may be any listed folder.
  const isElsewhere = (path: string) =>
    isFromVariable(path) && (anchors.size > 1 || !anchors.has(anchorOf(path)));
  return ({ readings, resolved, folded }) =>
    readings === undefined || readings.some(isElsewhere) || readings.some(fits) || resolved.some(fits) ||
    folded.some((path) => fits(path) || mayBeListed(path));
}

interface Patterns {
  /** Literal patterns. */
  readonly exact: ReadonlySet<string>;
  readonly wild: readonly {
    readonly pattern: string;
    readonly anchor: string;
    readonly fits: (path: string) => boolean;
  }[];
}

/** Compile cleaned patterns: equal, below `<folder>/**`, or a glob over the whole path (docs/spec/gate.md 3.3.3). */
function compilePatterns(patterns: readonly string[], unknown: boolean): Patterns {
  const wild = patterns.filter((pattern) => /[*?[\\]/.test(pattern)).map((pattern) => {
    const below = pattern.endsWith(BELOW) ? belowFolder(pattern.slice(0, -BELOW.length)) : undefined;
    const glob = compileGlob(pattern);
    return {
      pattern,
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

/** Normalise a pattern like a path, without `.`, `..` and empty parts. */
function cleanPattern(pattern: string): string {
  // `..` after a home folder leads to an unknown folder.
  if (isFromVariable(pattern) && pattern.includes("..")) return pattern;
  if (!pattern.endsWith(BELOW)) return cleanPath(pattern);
  const folder = cleanPath(pattern.slice(0, -BELOW.length) || "/");
  return folder === "/" ? BELOW : folder + BELOW;
}

/**
 * The possible meanings of a denied pattern: unchanged, without escapes and backslashes, by the own name of a file, and
 * including the content of a folder.
 */
function denySpellings(pattern: string): string[] {
  const isWild = /[*?[]/.test(pattern);
  const isWindows = /^(?:[A-Za-z]:|\\)\\/.test(pattern);
  const spellings = [
    pattern,
    ...(isWild ? [] : pathReadings(pattern) ?? []),
    ...(isWindows ? [pattern.replaceAll("\\", "/")] : []),
    ...(pattern.includes("\\") ? [] : otherNames(pattern, "")),
  ];
  return pattern.length > 1 && /[/\\]$/.test(pattern) ? spellings.map((one) => `${one}/**`) : spellings;
}
