import { invalidInput } from "../errors/mod.ts";
import { suggest } from "../formats/suggest.ts";
import { trim, trimLower } from "../formats/text.ts";

/*
 * The kinds of flags. The parser reads each value once, so that commands get typed values and need no checks of their
 * own; an absent flag is `undefined` unless it has a default. A blank value, as in `--key "$UNSET"`, counts as
 * absent; for a flag with a default it is refused, because its author meant another value (docs/spec/core.md 3.2,
 * item 8).
 */

/** A flag that is set or not. */
export interface BoolFlag {
  readonly kind: "bool";
  readonly help: string;
  /** Value when the flag is absent; false by default. */
  readonly default?: boolean;
}

/** A flag that takes a value. */
export interface ValueFlag<T> {
  readonly kind: "text" | "path" | "paths" | "integer" | "duration" | "list" | "choice";
  /** Placeholder of the value in help, e.g. `file`. */
  readonly value: string;
  readonly help: string;
  /** The default as help shows it. */
  readonly default: string | undefined;
  /** Value when the flag is absent. */
  readonly absent: T;
  /** Words for help and completions. */
  readonly choices?: readonly string[];
  /** The command needs it. */
  readonly required?: true;
  /**
   * Read a given value.
   *
   * @param flag its name with dashes, for errors
   * @param before the value of an earlier occurrence, or {@linkcode absent}
   * @throws {GaitError} `invalid_input`
   */
  read(given: string, flag: string, before: T): T;
}

// deno-lint-ignore no-explicit-any -- a set of flags holds values of different types
export type Flag = BoolFlag | ValueFlag<any>;
export type Flags = Readonly<Record<string, Flag>>;

/**
 * An argument that is not a flag, as help shows it: `<template>`, `[name]` when it is optional, `[name...]` when there
 * may be several. One that names a file, a folder or a run says so.
 */
export type Positional = string | { readonly name: string; readonly path: "file" | "folder" | "run" };

/** The name of an argument, with its brackets. */
export function nameOf(positional: Positional): string {
  return typeof positional === "string" ? positional : positional.name;
}

/** The values of a set of flags, by name. */
export type FlagValues<F extends Flags> = {
  readonly [N in keyof F]: F[N] extends ValueFlag<infer T> ? T : boolean;
};

/** A flag that is set or not; one with the default true is turned off by `--name=false`. */
export function bool(help: string, options: { readonly default?: boolean } = {}): BoolFlag {
  return { kind: "bool", help, ...options };
}

/** A flag that takes any text but a path. */
export function text(value: string, help: string, options: { readonly default: string }): ValueFlag<string>;
export function text(value: string, help: string): ValueFlag<string | undefined>;
export function text(
  value: string,
  help: string,
  options?: { readonly default: string },
): ValueFlag<string | undefined> {
  return valueFlag("text", value, help, options?.default, (given) => given);
}

/** A flag that takes the path of a file or folder, or what may be one, such as a run id. */
export function path(value: string, help: string, options: { readonly default: string }): ValueFlag<string>;
export function path(value: string, help: string): ValueFlag<string | undefined>;
export function path(
  value: string,
  help: string,
  options?: { readonly default: string },
): ValueFlag<string | undefined> {
  return valueFlag("path", value, help, options?.default, (given) => given);
}

/** A flag that takes paths separated by commas, as {@linkcode list} does texts. */
export function paths(value: string, help: string): ValueFlag<readonly string[]> {
  return { ...list(value, help), kind: "paths" };
}

/** A flag that takes a whole number; `options.least` is the smallest one. */
export function integer(
  value: string,
  help: string,
  options: { readonly default: number; readonly least?: number },
): ValueFlag<number>;
export function integer(
  value: string,
  help: string,
  options?: { readonly least?: number },
): ValueFlag<number | undefined>;
export function integer(
  value: string,
  help: string,
  options: { readonly default?: number; readonly least?: number } = {},
): ValueFlag<number | undefined> {
  const { default: fallback, least = Number.MIN_SAFE_INTEGER } = options;
  const expected = least === Number.MIN_SAFE_INTEGER ? "a whole number" : `a whole number from ${least} on`;
  return valueFlag("integer", value, help, fallback, (given, flag) => {
    const number = /^[+-]?[0-9]+$/.test(given) ? Number(given) : NaN;
    if (Number.isSafeInteger(number) && number >= least) return number;
    throw invalidInput(`Cannot use ${flag} "${given}": expected ${expected}`, {
      hint: `For example: ${flag} ${Math.max(fallback ?? least, least, 1)}`,
    });
  });
}

/**
 * A flag that takes one of a few words, ignoring case and surrounding blanks.
 *
 * @param options `blank` is the meaning of a blank value, which a flag with a default otherwise refuses; with `exact`
 * only the spelling in `words` is accepted
 */
export function choice<W extends string>(
  value: string,
  help: string,
  words: readonly W[],
  options: { readonly default: W; readonly blank?: W; readonly exact?: true },
): ValueFlag<W>;
export function choice<W extends string>(
  value: string,
  help: string,
  words: readonly W[],
  options?: { readonly exact?: true },
): ValueFlag<W | undefined>;
export function choice<W extends string>(
  value: string,
  help: string,
  words: readonly W[],
  options: { readonly default?: W; readonly blank?: W; readonly exact?: true } = {},
): ValueFlag<W | undefined> {
  const { blank, exact = false } = options;
  const flag = valueFlag<W>(
    "choice",
    value,
    help,
    options.default,
    (given, name) => wordOf(exact ? given : trimLower(given), name, words),
  );
  return {
    ...flag,
    choices: words,
    read: (given, name, before) =>
      blank !== undefined && trim(given) === "" ? blank : flag.read(given, name, before),
  };
}

/**
 * The word of a closed list that equals a text.
 *
 * @param name name of the text in errors
 * @throws {GaitError} `invalid_input` for any other
 */
export function wordOf<W extends string>(given: string, name: string, words: readonly W[]): W {
  const found = words.find((known) => known === given);
  if (found !== undefined) return found;
  const near = suggest(given, words);
  throw invalidInput(`Cannot use ${name} "${given}": expected ${words.join(", ")}`, {
    hint: near === undefined ? `Use one of: ${words.join(", ")}` : `Did you mean ${name} ${near}?`,
  });
}

/** A flag that takes texts separated by commas, trimmed, without empty ones; an empty list when absent. */
export function list(value: string, help: string): ValueFlag<readonly string[]> {
  return {
    kind: "list",
    value,
    help,
    default: undefined,
    absent: [],
    read: (given) => given.split(",").map(trim).filter((item) => item !== ""),
  };
}

/**
 * A flag that takes names: it may be repeated, and a value may hold several, separated by commas. An empty name is
 * refused: with an unset variable in a script, a restriction would apply to nothing.
 */
export function names(value: string, help: string): ValueFlag<readonly string[]> {
  return {
    ...list(value, `${help}; repeatable, or separated by commas`),
    read(given, flag, before) {
      const items = given.split(",").map(trim);
      if (items.includes("")) {
        throw invalidInput(`Cannot use ${flag} "${given}": it holds an empty name`, {
          hint: `For example: ${flag} one,two`,
        });
      }
      return [...before, ...items];
    },
  };
}

/** A flag that reads each value by itself; the last one wins. */
export function valueFlag<T>(
  kind: ValueFlag<T>["kind"],
  value: string,
  help: string,
  fallback: T | undefined,
  read: (given: string, flag: string) => T,
  shown = fallback === undefined ? undefined : String(fallback),
): ValueFlag<T | undefined> {
  return {
    kind,
    value,
    help,
    default: shown,
    absent: fallback,
    read(given, flag) {
      if (trim(given) !== "") return read(given, flag);
      if (fallback === undefined) return undefined;
      throw invalidInput(`Cannot use ${flag} "${given}": it is blank`, {
        hint: `Leave ${flag} out for ${shown}`,
      });
    },
  };
}

/**
 * A flag that the command needs. The parser refuses a line without it, or with a blank value, before the command
 * reads anything.
 */
export function required<T>(flag: ValueFlag<T>): ValueFlag<NonNullable<T>> {
  return { ...flag, required: true } as ValueFlag<NonNullable<T>>;
}

/**
 * A flag that only demands more. A blank value is refused: it comes from an unset variable in a script, and would demand
 * nothing (docs/spec/core.md 3.2).
 */
export function demand<T>(flag: ValueFlag<T>): ValueFlag<T> {
  return {
    ...flag,
    read(given, name, before) {
      const value = flag.read(given, name, before);
      if (value !== undefined && !(Array.isArray(value) && value.length === 0)) return value;
      throw invalidInput(`Cannot use ${name} "${given}": it is blank`, {
        hint: `Give its value, or leave ${name} out`,
      });
    },
  };
}

/** The trimmed value of a flag; a blank one counts as absent. */
export function trimmed(given: string | undefined): string | undefined {
  return trim(given ?? "") || undefined;
}
