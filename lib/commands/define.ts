import type { Effects, Needs } from "../effects/mod.ts";
import type { JsonObject } from "../formats/json/mod.ts";
import type { Outcome } from "./outcome.ts";
import type { Line } from "./text.ts";

/** A flag that is set or not. */
export interface BoolFlag {
  readonly kind: "bool";
  readonly help: string;
  /** What it is when it is not given; false when absent. */
  readonly default?: boolean;
}

/** A flag that takes a value. */
export interface TextFlag {
  readonly kind: "text";
  /** Stands for the value in help, e.g. `file`. */
  readonly value: string;
  readonly help: string;
  readonly default: string;
  /** Values to offer in help and completions; not enforced by the parser. */
  readonly choices?: readonly string[];
  /** Every occurrence counts, joined with commas; otherwise the last one does. */
  readonly repeats?: true;
}

export type Flag = BoolFlag | TextFlag;
export type Flags = Readonly<Record<string, Flag>>;

/** The values of a set of flags, by name. */
export type FlagValues<F extends Flags> = {
  readonly [N in keyof F]: F[N] extends BoolFlag ? boolean : string;
};

/** A flag that is set or not; one that is set by itself is turned off by `--name=false`. */
export function bool(help: string, options: { readonly default?: boolean } = {}): BoolFlag {
  return { kind: "bool", help, ...options };
}

/** A flag that takes a value; `options.choices` appear in help and completions. */
export function text(
  value: string,
  help: string,
  options: { readonly default?: string; readonly choices?: readonly string[] } = {},
): TextFlag {
  const { default: fallback = "", choices } = options;
  return choices
    ? { kind: "text", value, help, default: fallback, choices }
    : { kind: "text", value, help, default: fallback };
}

/** A flag that takes names: it may be repeated, and a value may hold several, separated by commas. */
export function names(value: string, help: string): TextFlag {
  return {
    kind: "text",
    value,
    help: `${help}; repeatable, or separated by commas`,
    default: "",
    repeats: true,
  };
}

/** What a command is called with. */
export interface Call<F extends Flags> {
  readonly flags: FlagValues<F>;
  readonly positionals: readonly string[];
  readonly effects: Effects;
  /** Version of this program. */
  readonly version: string;
  /** The id that output and records of this call share (docs/spec/core.md 3.3). */
  readonly correlationId: () => Promise<string>;
  /** Say something on standard error at once, while the command goes on. */
  readonly tell: (line: Line) => void;
  /** Give up what turned out not to be needed this time. */
  readonly narrow: (needs: Needs) => void;
}

/** One subcommand: flags in, outcome out. No rule of the domain lives in it. */
export interface Command<F extends Flags = Flags> {
  /** One line of prose for `--explain`. */
  readonly explain: string;
  /** Names of the arguments, e.g. `<run_id|path>`; in brackets when they may be left out. */
  readonly positionals: readonly string[];
  readonly flags: F;
  /** Permissions it keeps; every other one is given up before it reads any input. */
  readonly needs: Needs;
  readonly examples: readonly string[];
  /** The first argument that is no flag ends the flags, as in the existing program. */
  readonly flagsFirst?: boolean;
  /** Members that its JSON object has on every error. */
  readonly errorFields?: JsonObject;
  run(call: Call<F>): Promise<Outcome>;
}

/** A command of any flags, as the table holds it. */
// deno-lint-ignore no-explicit-any -- a table holds commands of different flags
export type AnyCommand = Command<any>;

/** Declare a command; ties the type of `run` to the flags. */
export function defineCommand<F extends Flags>(
  command:
    & Omit<Command<F>, "positionals" | "examples">
    & Partial<Pick<Command<F>, "positionals" | "examples">>,
): Command<F> {
  return { positionals: [], examples: [], ...command };
}
