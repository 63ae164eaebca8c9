import type { AnyCommand } from "./define.ts";

/** The purpose of a command; help is grouped by it. */
export type Goal =
  | "Start here"
  | "Decide what may happen"
  | "Prove what happened"
  | "Work that survives"
  | "Never again"
  | "Know your tools"
  | "Keys and trust"
  | "The program";

/** One row of the command table: what is known about a command without loading it. */
export interface Entry {
  /** Words of the command, e.g. `run record`. */
  readonly name: string;
  readonly summary: string;
  readonly goal: Goal;
  /**
   * What it runs stands behind `--`. Without that the words before may be a mistyped command of its group, and must not
   * be run as a program.
   */
  readonly behindDashes?: true;
  /** Mark in the adoption log when it succeeds (spec/core.md 3.9). */
  readonly milestone?: string;
  readonly load: () => Promise<{ readonly default: AnyCommand }>;
}
