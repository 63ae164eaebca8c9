import type { Level, LintId } from "./catalogue.ts";

/** Something in a policy that is allowed, but hardly meant. */
export interface Finding {
  readonly ruleId: LintId;
  readonly level: Level;
  readonly message: string;
  readonly hint: string;
  /** Both count from 1, columns in UTF-16 units. */
  readonly line: number;
  readonly column: number;
  /** The rule of the policy that it is about. */
  readonly ruleName?: string;
  /** What it is about, whatever line that stands on: the same finding of two versions of a file has the same. */
  readonly subject: string;
}
