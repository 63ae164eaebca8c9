import assert from "node:assert/strict";
import { onStage } from "../support/gait.ts";

/** The input of a run with one call. */
const run = (id: string, call: string, rows: number) =>
  JSON.stringify({
    run: { run_id: id, created_at: "2026-04-01T09:00:00Z" },
    intents: [{ intent_id: call, tool_name: "crm.find", args: { q: "acme" } }],
    results: [{ intent_id: call, status: "ok", result: { rows } }],
  });

Deno.test("run diff tells calls by their ids, and pairs those of another recording with --by-place", () =>
  onStage(async ({ gait, write }) => {
    for (const [id, call, rows] of [["left", "a", 1], ["same", "b", 1], ["other", "b", 2]] as const) {
      await write(`${id}.json`, run(id, call, rows));
      await gait`run record ${id}.json`;
    }
    const plain = await gait`run diff left same --json`;
    assert.deepEqual([plain.code, plain.json.ok, plain.json.paired_by_place], [2, false, undefined]);
    assert.deepEqual(plain.json.summary.left_only_intents, ["a"]);
    assert.deepEqual(plain.json.summary.right_only_results, ["b"]);
    assert.match((await gait`run diff left same`).stdout, /gait run diff left same --by-place/);

    assert.match((await gait`run diff left same`).stdout, /digests +other bytes in intents\.jsonl, refs/);

    const paired = await gait`run diff left same --by-place --json`;
    assert.deepEqual([paired.code, paired.json.ok, paired.json.paired_by_place], [0, true, 1]);
    const other = await gait`run diff left other --by-place --json`;
    const { intents_changed: intents, results_changed: results } = other.json.summary;
    assert.deepEqual([other.code, intents, results], [2, false, true]);
    assert.doesNotMatch((await gait`run diff left other --by-place`).stdout, /next:/);
  }));
