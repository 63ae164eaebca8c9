import { compileGlob } from "./glob.ts";

/**
 * Whether one of the patterns fits a value. A value that is too long to judge fits when `unknown` says so: deny
 * lists say yes, allow lists say no, so that length never opens a door.
 */
export type PatternList = (value: string, unknown: boolean) => boolean;

/** Path patterns: equal, below `<folder>/**`, or a glob over the whole value (spec/gate.md 3.3.3). */
export function compilePathPatterns(patterns: readonly string[]): PatternList {
  return compileList(patterns, (pattern) => {
    if (!pattern.endsWith("/**")) return undefined;
    const folder = pattern.slice(0, -"/**".length);
    return (value) => value === folder || value.startsWith(folder + "/");
  });
}

/** Domain patterns: equal, below `*.<domain>` at any depth, or a glob over the whole value (spec/gate.md 3.3.3). */
export function compileDomainPatterns(patterns: readonly string[]): PatternList {
  return compileList(patterns, (pattern) => {
    if (!pattern.startsWith("*.")) return undefined;
    const parent = pattern.slice(1);
    return (value) => value.endsWith(parent);
  });
}

type Test = (value: string) => boolean;

function compileList(
  patterns: readonly string[],
  special: (pattern: string) => Test | undefined,
): PatternList {
  const exact = new Set(patterns);
  const specials = patterns.map(special).filter((test) => test !== undefined);
  // A malformed glob fits nothing but itself.
  const globs = patterns.filter((pattern) => /[*?[\\]/.test(pattern)).map(compileGlob)
    .filter((test) => test !== undefined);
  return (value, unknown) =>
    exact.has(value) || specials.some((test) => test(value)) ||
    globs.some((test) => test(value) ?? unknown);
}
