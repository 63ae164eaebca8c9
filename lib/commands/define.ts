import type { Effects, Needs } from "../effects/mod.ts";
import type { ExitStatus } from "../errors/mod.ts";
import type { JsonObject } from "../formats/json/mod.ts";
import type { Flags, FlagValues, Positional } from "./flags.ts";
import type { Outcome } from "./outcome.ts";
import type { Line } from "./text.ts";

export {
  bool,
  choice,
  demand,
  type Flag,
  type Flags,
  type FlagValues,
  integer,
  list,
  nameOf,
  names,
  path,
  paths,
  type Positional,
  required,
  text,
  trimmed,
  type ValueFlag,
} from "./flags.ts";

/** What one command may know of another. */
export interface KnownCommand {
  readonly name: string;
  readonly load: () => Promise<{ readonly default: { readonly needs: Needs } }>;
}

/** The input of a command. */
export interface Call<F extends Flags> {
  readonly flags: FlagValues<F>;
  readonly positionals: readonly string[];
  readonly effects: Effects;
  /** Version of this program. */
  readonly version: string;
  /** The correlation id of the output and records of this call (docs/spec/core.md 3.3). */
  readonly correlationId: () => Promise<string>;
  /** Write a line to standard error while the command is running. */
  readonly notify: (line: Line) => void;
  /**
   * Print a line of the result while the command is running: to standard output, or to standard error with `--json`,
   * whose only object comes at the end.
   */
  readonly show: (line: Line) => void;
  /** Print an outcome at once; the command goes on and ends as {@linkcode served}. */
  readonly announce: (outcome: Outcome) => Promise<void>;
  /**
   * Check the arguments of another command that this one writes down for later.
   *
   * @returns the positional arguments
   * @throws {GaitError} `invalid_input` for whatever that command would refuse, and for a flag that only asks for help
   */
  readonly checkArguments: (command: string, args: readonly string[]) => Promise<readonly string[]>;
  /** All commands, for what is about them. */
  readonly commands: () => Promise<readonly KnownCommand[]>;
  /** Drop permissions that this call does not need. */
  readonly narrow: (needs: Needs) => void;
}

/** One subcommand: flags in, outcome out. It has no domain logic. */
export interface Command<F extends Flags = Flags> {
  /** The text of `--explain`. */
  readonly explain: string;
  readonly positionals: readonly Positional[];
  readonly flags: F;
  /** Permissions that it keeps; all others are dropped before it reads any input. */
  readonly needs: Needs;
  readonly examples: readonly string[];
  /** The first argument that is not a flag ends the flags (compatibility: as in the existing program). */
  readonly flagsFirst?: boolean;
  /** Arguments before `--` are refused: they may be a mistyped subcommand. */
  readonly behindDashes?: true;
  /** Flags that are gone, and what took their place. */
  readonly retiredFlags?: Readonly<Record<string, string>>;
  /** Flags of fields of the domain's options that are not just the field in kebab case, for errors. */
  readonly flagOf?: Readonly<Record<string, string>>;
  /** The exit status of everything that does not end well, for callers to whom only one status says "stop". */
  readonly failureStatus?: Exclude<ExitStatus, 0>;
  /** Members of its JSON output on every error. */
  readonly errorFields?: JsonObject;
  run(call: Call<F>): Promise<Outcome>;
}

/** A command with any flags, as in the table. */
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
