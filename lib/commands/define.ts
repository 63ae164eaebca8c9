import type { Effects, Needs } from "../effects/mod.ts";
import type { JsonObject } from "../formats/json/mod.ts";
import type { Flags, FlagValues } from "./flags.ts";
import type { Outcome } from "./outcome.ts";
import type { Line } from "./text.ts";

export {
  blankText,
  bool,
  choice,
  type Flag,
  type Flags,
  type FlagValues,
  integer,
  list,
  names,
  required,
  text,
  type ValueFlag,
} from "./flags.ts";

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
  /** Print an outcome at once, for a command that goes on and ends as {@linkcode served}. */
  readonly announce: (outcome: Outcome) => Promise<void>;
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
  /** Flags of fields of the domain's options that are not just the field in kebab case, for errors. */
  readonly flagOf?: Readonly<Record<string, string>>;
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
