import type { AnyCommand } from "./define.ts";

/** The purpose of a command; help is grouped by it. */
export type Goal =
  | "Start here"
  | "Decide what may happen"
  | "Prove what happened"
  | "Never again"
  | "Keys and trust"
  | "The program";

/** One row of the command table: what is known about a command without loading it. */
export interface Entry {
  /** Words of the command, e.g. `run record`. */
  readonly name: string;
  readonly summary: string;
  readonly goal: Goal;
  /** Milestone in the adoption log when it succeeds (spec/core.md 3.9). */
  readonly milestone?: string;
  readonly load: () => Promise<{ readonly default: AnyCommand }>;
}
