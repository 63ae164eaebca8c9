import type { AnyCommand } from "./define.ts";

/** What a person wants to do; help is grouped by it. */
export type Goal =
  | "Start here"
  | "Decide what may happen"
  | "Prove what happened"
  | "Work that survives"
  | "Never again"
  | "Keys and trust"
  | "The program";

/** One line of the command table: all that can be said of a command without loading it. */
export interface Entry {
  /** Words of the command, e.g. `run record`. */
  readonly name: string;
  readonly summary: string;
  readonly goal: Goal;
  /** Mark in the adoption log when it succeeds (spec/core.md 3.9). */
  readonly milestone?: string;
  readonly load: () => Promise<{ readonly default: AnyCommand }>;
}
