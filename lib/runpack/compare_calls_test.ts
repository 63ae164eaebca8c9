import assert from "node:assert/strict";
import { packSample } from "../../tests/support/sample_run.ts";
import { alignCalls, behaviourOf } from "./compare_calls.ts";
import { diffRunpacks, isChanged } from "./diff.ts";
import { readRunpack } from "./read.ts";

// deno-lint-ignore no-explicit-any -- tests break the shape on purpose
type Change = (run: any) => void;
const packOf = async (change: Change = () => {}) => await readRunpack((await packSample(change)).bytes);
const renamed: Change = (run) => {
  for (const record of [...run.intents, ...run.results]) record.intent_id = `new_${record.intent_id}`;
};

Deno.test("alignCalls() pairs the calls of another recording by their place", async () => {
  const [left, right] = [await packOf(), await packOf(renamed)];
  assert.equal(isChanged(diffRunpacks(left, right, "full")), true);
  const { pack, byPlace } = alignCalls(left, right);
  assert.equal(byPlace, left.intents.length);
  assert.equal(isChanged(diffRunpacks(left, pack, "full")), false);
});

Deno.test("alignCalls() still shows what the other recording did differently", async () => {
  const left = await packOf();
  const other = await packOf((run) => {
    renamed(run);
    run.intents[0].tool_name = "another";
  });
  const longer = await packOf((run) => {
    renamed(run);
    run.intents.push({ intent_id: "more", tool_name: "t", args: {} });
  });
  assert.equal(diffRunpacks(left, alignCalls(left, other).pack, "full").intents_changed, true);
  assert.deepEqual(diffRunpacks(left, alignCalls(left, longer).pack, "full").right_only_intents, ["more"]);
});

Deno.test("alignCalls() leaves calls alone whose ids both runs know", async () => {
  const [left, turned] = [await packOf(), await packOf((run) => run.intents.reverse())];
  assert.equal(alignCalls(left, turned).byPlace, 0);
  const fewer = await packOf((run) => void run.intents.pop());
  assert.equal(alignCalls(left, fewer).byPlace, 0);
});

Deno.test("diffRunpacks() compares a raw capture with one by reference by what both have", async () => {
  const raw = await packOf((run) => run.capture_mode = "raw");
  const reference = {
    ...raw,
    manifest: { ...raw.manifest, capture_mode: "reference" },
    intents: raw.intents.map((intent) => ({ ...intent, args: undefined })),
    results: raw.results.map((result) => ({ ...result, result: undefined })),
  };
  assert.equal(isChanged(diffRunpacks(raw, reference, "full")), false);
  const other = {
    ...reference,
    intents: reference.intents.map((intent) => ({ ...intent, args_digest: "00".repeat(32) })),
  };
  assert.equal(diffRunpacks(raw, other, "full").intents_changed, true);
});

Deno.test("behaviourOf() leaves out where a call's trace lies, and keeps where other context came from", async () => {
  const traced = (locator: string, other: string): Change => (run) => {
    run.refs.receipts = [
      { ref_id: `trace_${run.intents[0].intent_id}`, source_type: "gait.trace", source_locator: locator },
      {
        ref_id: "doc",
        source_type: "doc_store",
        source_locator: other,
        query_digest: "11".repeat(32),
        content_digest: "22".repeat(32),
      },
    ].map((receipt) => ({ ...receipt, retrieved_at: "2026-03-02T09:00:00Z", redaction_mode: "reference" }));
  };
  const changed = async (left: Change, right: Change) =>
    isChanged(diffRunpacks(behaviourOf(await packOf(left)), behaviourOf(await packOf(right)), "full"));
  assert.equal(await changed(traced("t/trace_a.json", "kb/1"), traced("t/trace_a_2.json", "kb/1")), false);
  assert.equal(await changed(traced("t/trace_a.json", "kb/1"), traced("t/trace_a.json", "kb/2")), true);
});
