/** What the tests of the library share: a call, a policy, a run, and tests that say which exports they show. */
import type * as gait from "../../mod.ts";

export const INTENT = { tool_name: "t", context: { identity: "a", workspace: "/w", risk_class: "low" } };
export const POLICY = "default_verdict: block\nrules: [{name: r, effect: allow, match: {tool_names: [t]}}]";
export const RUN: gait.RecordRequest = {
  run: { run_id: "r1", created_at: "2026-01-02T03:04:05Z" },
  intents: [{ intent_id: "i1", tool_name: "fs.read", args: { path: "/x" } }],
  results: [{ intent_id: "i1", status: "ok", result: { n: 1 } }],
  refs: { context_evidence_mode: "best_effort" }, // as the command has it
};

/**
 * A test that shows that some exports work. exports_test.ts reads the names where they are written, since each file with
 * tests may run alone.
 */
export function test(
  _names: readonly (keyof typeof gait)[],
  name: string,
  run: () => Promise<void> | void,
): void {
  Deno.test(name, run);
}
