import type { LintId } from "./catalogue.ts";

/** A policy with one mistake of a kind, and the same policy without it. */
export interface Example {
  readonly id: LintId;
  /** With an `@` before the place of the finding. */
  readonly policy: string;
  readonly level?: "error" | "warning" | "note";
  readonly clean: string;
}

export const rules = (...lines: string[]) => `rules:\n${lines.map((line) => `  - {${line}}\n`).join("")}`;
export const ASK = "name: ask, priority: 1, effect: require_approval";
export const ALLOW = "name: allow, priority: 1, effect: allow";
export const GUARD = "name: guard, priority: 2, effect: block";
