import assert from "node:assert/strict";
import { packSample } from "../../tests/support/sample_run.ts";
import { envelopeOfRefs } from "./context.ts";
import { readRunpack } from "./read.ts";
import { type Predicate, reduceRunpack } from "./reduce.ts";
import { verifyRunpack } from "./verify.ts";

const INVALID = { code: "invalid_input" };

// deno-lint-ignore no-explicit-any -- tests break the shape on purpose
async function reduce(predicate: Predicate, change?: (run: any) => void) {
  const reduction = await reduceRunpack(await readRunpack((await packSample(change)).bytes), predicate);
  assert.equal((await verifyRunpack(reduction.packed.bytes)).ok, true);
  return { ...reduction, pack: await readRunpack(reduction.packed.bytes) };
}

Deno.test("reduceRunpack() keeps the intent without result, its events and its receipts", async () => {
  const { pack, report } = await reduce("missing_result");
  assert.deepEqual(pack.intents.map((intent) => intent.intent_id), ["i3"]);
  assert.deepEqual(pack.results, []);
  assert.deepEqual(pack.run.timeline?.map((event) => event.ref), ["", "i3"]);
  assert.deepEqual(pack.refs.receipts.map((receipt) => receipt.ref_id), ["ref_3"]);
  assert.equal(pack.manifest.run_id, "run_sample_reduced_missingresult");
  assert.deepEqual(
    [
      report["selected_intent_id"],
      report["original_intent_count"],
      report["reduced_ref_count"],
      report["still_failing"],
    ],
    ["i3", 3, 1, true],
  );
});

Deno.test("reduceRunpack() keeps the intent whose result is neither ok nor success", async () => {
  const { pack } = await reduce("non_ok_status", (run) => run.results[0].status = " Success ");
  assert.deepEqual(pack.intents.map((intent) => intent.intent_id), ["i2"]);
  assert.deepEqual(pack.results.map((result) => result.status), ["error"]);
  assert.deepEqual(pack.refs.receipts.map((receipt) => receipt.ref_id), ["ref_2"]);
  assert.equal(pack.manifest.run_id, "run_sample_reduced_nonokstatus");
});

Deno.test("reduceRunpack() gives a set digest and count that hold for the receipts that are left", async () => {
  const plain = await readRunpack((await packSample()).bytes);
  const { context_set_digest: whole } = await envelopeOfRefs({ ...plain.refs, context_set_digest: "" });
  const { pack } = await reduce("missing_result", (run) => {
    run.refs.context_set_digest = whole;
    run.refs.context_evidence_mode = "required";
  });
  assert.equal(pack.refs.receipts.length, 1);
  assert.equal(pack.refs.context_ref_count, 1);
  assert.notEqual(pack.refs.context_set_digest, whole);
  await envelopeOfRefs(pack.refs); // throws unless the digest holds
  const untrue = "ab".repeat(32);
  const kept = await reduce("missing_result", (run) => run.refs.context_set_digest = untrue);
  assert.deepEqual(kept.pack.refs.context_set_digest, untrue, "what never held is not made to hold");
  assert.equal((await reduce("missing_result")).pack.refs.context_set_digest, "");
});

Deno.test("reduceRunpack() still fails when it is reduced again", async () => {
  for (const predicate of ["missing_result", "non_ok_status"] as const) {
    const { pack } = await reduce(predicate);
    const again = await readRunpack((await reduceRunpack(pack, predicate)).packed.bytes);
    assert.deepEqual(
      again.intents.map((intent) => intent.intent_id),
      pack.intents.map((intent) => intent.intent_id),
    );
  }
});

Deno.test("reduceRunpack() picks the first failing id by bytes and its first failing result", async () => {
  const { pack } = await reduce("non_ok_status", (run) => {
    run.results.unshift({ intent_id: "i1", status: "late", result: {} });
    run.results.unshift({ intent_id: "i1", status: "OK", result: {} });
  });
  assert.deepEqual(pack.results.map(({ intent_id, status }) => [intent_id, status]), [["i1", "late"]]);
});

Deno.test("reduceRunpack() puts run_ in front of a run id that lacks it", async () => {
  const { pack } = await reduce("missing_result", (run) => run.run.run_id = "other");
  assert.equal(pack.manifest.run_id, "run_other_reduced_missingresult");
});

Deno.test("reduceRunpack() refuses a run in which nothing fails that way", async () => {
  const fine = (run: { results: unknown[] }) => {
    run.results = ["i1", "i2", "i3"].map((intent_id) => ({ intent_id, status: "ok", result: {} }));
  };
  await assert.rejects(reduce("missing_result", fine), INVALID);
  await assert.rejects(reduce("non_ok_status", fine), INVALID);
  await assert.rejects(reduce("missing_result", (run) => run.intents = []), INVALID);
});

Deno.test("reduceRunpack() drops a trace receipt whose result is dropped", async () => {
  const { pack } = await reduce("missing_result", (run) => {
    run.intents[2].args = { trace_ref: "trace_i1" };
    run.refs.receipts.push({
      ref_id: "trace_i1",
      source_type: "gait.trace",
      source_locator: "l",
      redaction_mode: "reference",
    });
  });
  assert.deepEqual(pack.refs.receipts, []);
});
