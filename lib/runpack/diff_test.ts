import assert from "node:assert/strict";
import * as fc from "fast-check";
import { packSample, type SAMPLE } from "../../tests/support/sample_run.ts";
import { compareRecords, type DiffPrivacy, diffRunpacks, encodeDiffSummary, isChanged } from "./diff.ts";
import { readRunpack } from "./read.ts";

// deno-lint-ignore no-explicit-any -- tests break the shape on purpose
type Change = (run: any) => void;

async function diff(left: Change, right: Change, privacy: DiffPrivacy = "full") {
  const [a, b] = await Promise.all(
    [left, right].map(async (change) => readRunpack((await packSample(change)).bytes)),
  );
  return diffRunpacks(a!, b!, privacy);
}

const same: Change = () => {};
const flags = (summary: Awaited<ReturnType<typeof diff>>) => [
  summary.manifest_changed,
  summary.intents_changed,
  summary.results_changed,
  summary.refs_changed,
];

Deno.test("diffRunpacks() finds nothing between equal runs, nor in who recorded them, when and under which id", async () => {
  for (const privacy of ["full", "metadata"] as const) {
    const plain = await diff(same, same, privacy);
    assert.equal(isChanged(plain), false);
    assert.equal(plain.context_drift_classification, "none");
    const renamed = await diff(same, (run) => {
      run.run = {
        ...run.run,
        run_id: "run_other",
        created_at: "2027-01-01T00:00:00Z",
        producer_version: "9",
      };
    }, privacy);
    assert.equal(isChanged(renamed), false, privacy);
    assert.deepEqual([renamed.run_id_left, renamed.run_id_right], ["run_sample", "run_other"]);
  }
});

Deno.test("diffRunpacks() does not mind the order of records", async () => {
  const turned = await diff(same, (run) => {
    run.intents.reverse();
    run.results.reverse();
  });
  assert.deepEqual(flags(turned), [false, false, false, false]);
});

Deno.test("diffRunpacks() reports which part changed", async () => {
  assert.deepEqual(flags(await diff(same, (run) => run.capture_mode = "reference")), [
    true,
    false,
    false,
    false,
  ]);
  assert.deepEqual(flags(await diff(same, (run) => run.intents[0].tool_name = "x")), [
    false,
    true,
    false,
    false,
  ]);
  assert.deepEqual(flags(await diff(same, (run) => run.results[0].status = "error")), [
    false,
    false,
    true,
    false,
  ]);
  const content = (run: typeof SAMPLE) => void (run.refs.receipts[0]!.content_digest = "cd".repeat(32));
  const refs = await diff(same, content);
  assert.deepEqual(flags(refs), [false, false, false, true]);
  assert.deepEqual([refs.context_drift_classification, refs.context_runtime_only_changes], [
    "semantic",
    false,
  ]);
});

Deno.test("diffRunpacks() lists records that one side alone has, sorted by bytes", async () => {
  const summary = await diff(
    (run) =>
      run.intents.push({ intent_id: "\u{1f600}", tool_name: "t", args: {} }, {
        intent_id: "\uffff",
        tool_name: "t",
        args: {},
      }),
    (run) => run.results.pop(),
  );
  assert.deepEqual(summary.left_only_intents, ["\uffff", "\u{1f600}"]);
  assert.deepEqual(summary.right_only_intents, []);
  assert.deepEqual(summary.left_only_results, ["i2"]);
  assert.deepEqual(flags(summary), [false, true, true, false]);
});

Deno.test("diffRunpacks() lets the last of several records of an id count", async () => {
  const twice: Change = (run) => run.results.unshift({ intent_id: "i1", status: "other", result: {} });
  assert.equal((await diff(same, twice)).results_changed, false);
  const last: Change = (run) => run.results.push({ intent_id: "i1", status: "other", result: {} });
  assert.equal((await diff(same, last)).results_changed, true);
});

Deno.test("diffRunpacks() calls a change of retrieval times alone runtime_only", async () => {
  const later: Change = (run) => {
    for (const receipt of run.refs.receipts) receipt.retrieved_at = "2027-01-01T00:00:00Z";
    run.refs.context_set_digest = "ab".repeat(32);
  };
  const summary = await diff(same, later);
  assert.deepEqual(
    [summary.refs_changed, summary.context_drift_classification, summary.context_runtime_only_changes],
    [true, "runtime_only", true],
  );
  const renamed = await diff(same, (run) => {
    later(run);
    run.run.run_id = run.refs.run_id = "another";
  });
  assert.deepEqual(
    [renamed.context_drift_classification, renamed.context_content_drift],
    ["semantic", "runtime_only"],
    "the id of the run is no content",
  );
});

Deno.test("diffRunpacks() names the files whose digests differ, whatever is compared", async () => {
  const other: Change = (run) => run.results[0].status = "error";
  for (const privacy of ["full", "metadata"] as const) {
    const summary = await diff(same, other, privacy);
    assert.deepEqual([summary.files_changed, summary.digests_changed], [[], ["results.jsonl"]], privacy);
  }
});

Deno.test("diffRunpacks() looks at digests and counts alone for privacy metadata", async () => {
  const payloads: Change = (run) => {
    run.intents[0].args_digest = "d";
    run.results[0].result_digest = "d";
  };
  const other: Change = (run) => {
    payloads(run);
    run.intents[0].args = { secret: 1 };
    run.results[0].result = { secret: 1 };
    run.refs.receipts[0].content_digest = "00".repeat(32);
  };
  assert.deepEqual(flags(await diff(payloads, other)), [false, true, true, true]);
  assert.deepEqual(flags(await diff(payloads, other, "metadata")), [false, false, false, false]);
  const fewer = await diff(same, (run) => run.refs.receipts.pop(), "metadata");
  assert.deepEqual([fewer.refs_changed, fewer.context_drift_classification], [true, "none"]);
});

Deno.test("encodeDiffSummary() leaves empty lists and the unset mark out", async () => {
  const printed = encodeDiffSummary(await diff(same, same));
  for (
    const name of ["files_changed", "left_only_intents", "right_only_results", "context_runtime_only_changes"]
  ) {
    assert.equal(Object.hasOwn(printed, name), false, name);
  }
  assert.equal(printed["refs_changed"], false);
});

Deno.test("compareRecords() compares the last records of each id, in whatever order they stand", () => {
  const record = fc.record({ intent_id: fc.constantFrom<string>("a", "b", "c", "d"), n: fc.nat(1) });
  const records = fc.array(record, { maxLength: 5 });
  type Numbered = { readonly intent_id: string; readonly n: number }[];
  const check = (left: Numbered, right: Numbered) => {
    const byId = (side: Numbered) => new Map(side.map((one) => [one.intent_id, one.n]));
    const [ofLeft, ofRight] = [byId(left), byId(right)];
    const only = (ids: Map<string, number>, other: Map<string, number>) =>
      [...ids.keys()].filter((id) => !other.has(id)).sort();
    const [leftOnly, rightOnly] = [only(ofLeft, ofRight), only(ofRight, ofLeft)];
    const changed = leftOnly.length + rightOnly.length > 0 ||
      [...ofLeft].some(([id, n]) => ofRight.get(id) !== n);
    assert.deepEqual(compareRecords(left, right, (a, b) => a.n === b.n), { changed, leftOnly, rightOnly });
  };
  fc.assert(
    fc.property(records, records, fc.array(fc.nat(1), { minLength: 5, maxLength: 5 }), (left, right, ns) => {
      check(left, right);
      check(left, left.map(({ intent_id }, i) => ({ intent_id, n: ns[i]! })));
    }),
  );
});
