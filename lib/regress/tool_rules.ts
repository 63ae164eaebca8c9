import { invalidInput } from "../errors/mod.ts";
import type { Runpack } from "../runpack/read.ts";
import { uniqueSorted } from "../formats/bytes.ts";
import { toolSequence } from "./trajectory.ts";

/** What a run must and must not call, whatever else it does; names are exact. */
export interface ToolRules {
  readonly never: readonly string[];
  readonly must: readonly string[];
}

/** Nothing is asked. */
export const NO_RULES: ToolRules = { never: [], must: [] };

/**
 * Rules as a user gives them.
 *
 * @throws {GaitError} `invalid_input` when a tool must and must not be called
 */
export function toolRules(never: readonly string[], must: readonly string[]): ToolRules {
  const both = never.find((tool) => must.includes(tool));
  if (both !== undefined) throw invalidInput(`Cannot use --never and --must "${both}": no run can keep both`);
  return never.length + must.length === 0
    ? NO_RULES
    : { never: uniqueSorted([...never]), must: uniqueSorted([...must]) };
}

/** Where a run breaks the rules. */
export interface BrokenRules {
  /** Tools that it called and must not. */
  readonly called: readonly string[];
  /** Tools that it must call and did not. */
  readonly missing: readonly string[];
}

/** Hold a run to the rules. */
export function brokenRules({ never, must }: ToolRules, pack: Pick<Runpack, "intents">): BrokenRules {
  const called = new Set(toolSequence(pack));
  return {
    called: never.filter((tool) => called.has(tool)),
    missing: must.filter((tool) => !called.has(tool)),
  };
}

/** Whether a run breaks any rule. */
export function isBroken(rules: ToolRules, pack: Pick<Runpack, "intents">): boolean {
  const { called, missing } = brokenRules(rules, pack);
  return called.length + missing.length > 0;
}
