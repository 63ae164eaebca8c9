import assert from "node:assert/strict";
import type { TraceRow } from "../traces/row.ts";
import { traceTable } from "../traces/trace_table.ts";
import { waitingCalls } from "./waiting.ts";

const row = (path: string, verdict: string, intent = "i", policy = "p"): TraceRow => ({
  ...{ path, verdict, intent, policy, id: "", time: "", at: 0, tool: "", caller: "" },
  ...{ rules: [], reasons: [], approved: false },
});

/** The paths of the waiting calls, of rows of which the first is the newest. */
function waiting(...given: TraceRow[]): string[] {
  const { rows, add } = traceTable();
  given.forEach((row, i) => add({ ...row, at: -i }, { size: 1, modified: 1 }));
  return waitingCalls(rows).map((n) => rows.at(n)!.path);
}

Deno.test("a call waits until the same call is decided otherwise under the same policy", () => {
  assert.deepEqual(waiting(row("a", "require_approval")), ["a"]);
  assert.deepEqual(waiting(row("b", "allow"), row("a", "require_approval")), []);
  assert.deepEqual(waiting(row("b", "block"), row("a", "require_approval")), []);
  assert.deepEqual(waiting(row("b", "require_approval"), row("a", "require_approval")), ["b"]);
  assert.deepEqual(waiting(row("b", "require_approval"), row("a", "allow")), ["b"]);
  assert.deepEqual(waiting(row("b", "allow", "i", "p2"), row("a", "require_approval")), ["a"]);
  assert.deepEqual(waiting(row("b", "allow", "i2"), row("a", "require_approval")), ["a"]);
  assert.deepEqual(waiting({ ...row("a", "require_approval"), error: "no trace" }), []);
  assert.deepEqual(waiting(row("a", "require_approval", "")), []);
});
