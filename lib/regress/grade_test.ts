import assert from "node:assert/strict";
import { utf8 } from "../formats/bytes.ts";
import type { JsonObject } from "../formats/json/mod.ts";
import type { Runpack } from "../runpack/read.ts";
import type { GraderResult } from "../schema/regress.ts";
import { type Call, packOf } from "./_test_runs.ts";
import type { Candidate } from "./candidate.ts";
import { MAX_CHANGED_CALLS } from "./align.ts";
import { readFixture } from "./fixture.ts";
import { gradeFixture } from "./grade.ts";
import type { GradeOptions } from "./graders.ts";

const CALLS: Call[] = [
  { id: "1", tool: "search", args: { q: 1 }, result: { hits: 1 } },
  { id: "2", tool: "write", args: { row: 1 }, status: "denied" },
];
const PLAIN: GradeOptions = { context: false, enforceContext: false, allowRuntimeDrift: false };
const CONTEXT = { ...PLAIN, context: true };

/** Grade a run of {@linkcode CALLS} against a candidate; the results by grader. */
async function grade(
  candidate: Candidate | "own",
  { expectations = {}, options = PLAIN, pack }: {
    expectations?: JsonObject;
    options?: GradeOptions;
    pack?: Runpack;
  } = {},
): Promise<Record<string, GraderResult>> {
  const own = pack ?? await packOf("run_a", CALLS);
  const document = { name: "f", run_id: "run_a", runpack: "runpack.zip", ...expectations };
  const { fixture } = readFixture(utf8(JSON.stringify(document)), "fixture.json");
  const results = await gradeFixture({
    fixture,
    pack: own,
    candidate: candidate === "own" ? { kind: "own", path: "fixtures/f/runpack.zip", pack: own } : candidate,
  }, options);
  return Object.fromEntries(results.map((result) => [result.name.replace("f/", ""), result]));
}

const named = async (calls: Call[], refs: JsonObject = {}, runId = "run_a"): Promise<Candidate> => ({
  kind: "named",
  path: "c.zip",
  pack: await packOf(runId, calls, { refs }),
});
const rerun = async (calls: Call[], refs: JsonObject = {}): Promise<Candidate> => ({
  kind: "rerun",
  path: "c.zip",
  pack: await packOf("run_b", calls.map(({ id: _, ...call }) => call), {
    refs,
    createdAt: "2026-09-09T09:09:09Z",
  }),
});
const outcome = (result: GraderResult | undefined) => [result?.status, ...result?.reason_codes ?? []];
const EXPECTED = {
  expected_tool_sequence: ["search", "write"],
  expected_verdict_sequence: ["allow", "block"],
};

Deno.test("gradeFixture() passes a run that is compared with itself", async () => {
  const graders = await grade("own", { expectations: EXPECTED });
  assert.deepEqual(Object.keys(graders), ["schema_validation", "expected_exit_code", "trajectory", "diff"]);
  assert.ok(Object.values(graders).every((result) => result.status === "pass"));
  assert.deepEqual(graders.trajectory!.reason_codes, ["trajectory_match"]);
  assert.deepEqual(Object.keys(graders.diff!.details!), [
    "allowed_files",
    "candidate_runpack",
    "changed_files",
    "fixture",
    "run_id",
  ]);
});

Deno.test("schema_validation names the kinds of record that are not ours", async () => {
  const pack = await packOf("run_a", CALLS);
  const odd = {
    ...pack,
    run: { ...pack.run, schema_id: "x" },
    refs: { ...pack.refs, schema_version: "2.0.0" },
    results: pack.results.map((result) => ({ ...result, schema_id: "" })),
  };
  const { schema_validation: graded } = await grade("own", { pack: odd });
  assert.deepEqual(outcome(graded), [
    "fail",
    "refs_schema_invalid",
    "result_schema_invalid",
    "run_schema_invalid",
  ]);
  const intents = pack.intents.map((intent) => ({ ...intent, schema_version: "1.0" }));
  const { schema_validation: other } = await grade("own", { pack: { ...pack, intents } });
  assert.deepEqual(outcome(other), ["fail", "intent_schema_invalid"]);
});

Deno.test("expected_exit_code replays the fixture, not the candidate", async () => {
  const gap = await packOf("run_a", [{ id: "1", tool: "think", open: true }, {
    tool: "http.get",
    open: true,
  }]);
  const { expected_exit_code: graded } = await grade("own", { pack: gap });
  assert.deepEqual(outcome(graded), ["fail", "unexpected_exit_code"]);
  assert.deepEqual(graded!.details!.missing_results, ["1"]);
  const expectations = { expected_replay_exit_code: 2 };
  assert.deepEqual(outcome((await grade("own", { pack: gap, expectations })).expected_exit_code), ["pass"]);
  const candidate = await named([{ id: "1", tool: "think", open: true }]);
  assert.deepEqual(outcome((await grade(candidate)).expected_exit_code), ["pass"]);
});

Deno.test("expected_exit_code fails a run that can't be replayed", async () => {
  const twice = await packOf("run_a", [{ id: "1", tool: "a" }, { id: "1", tool: "a" }]);
  assert.deepEqual(outcome((await grade("own", { pack: twice })).expected_exit_code), [
    "fail",
    "replay_error",
  ]);
});

Deno.test("trajectory reports the first mismatch", async () => {
  const candidate = await named([CALLS[0]!, { ...CALLS[1]!, status: "ok" }, { tool: "mail" }]);
  const { trajectory } = await grade(candidate, { expectations: EXPECTED });
  assert.deepEqual(outcome(trajectory), [
    "fail",
    "unexpected_tool_sequence",
    "unexpected_verdict_sequence",
  ]);
  const details = trajectory!.details!;
  assert.deepEqual(
    [details.tool_sequence_mismatch_index, details.tool_sequence_expected_at_mismatch],
    [2, "<missing>"],
  );
  assert.deepEqual(
    [details.verdict_sequence_mismatch_index, details.verdict_sequence_actual_at_mismatch],
    [1, "allow"],
  );
});

Deno.test("trajectory checks no expectation that is not there", async () => {
  const candidate = await named([{ tool: "other" }]);
  assert.deepEqual(outcome((await grade(candidate)).trajectory), ["pass", "trajectory_not_required"]);
  const expectations = { expected_tool_sequence: ["other"] };
  assert.deepEqual(outcome((await grade(candidate, { expectations })).trajectory), [
    "pass",
    "trajectory_match",
  ]);
});

Deno.test("diff knows calls of a named candidate by id, in any order", async () => {
  assert.deepEqual(outcome((await grade(await named(CALLS.toReversed(), {}, "run_z"))).diff), ["pass"]);
  const renamed = await grade(await named(CALLS.map((call) => ({ ...call, id: `x${call.id}` }))));
  assert.deepEqual(renamed.diff!.details!.unexpected_files, ["intents.jsonl", "results.jsonl"]);
  assert.equal(renamed.diff!.details!.changed_calls, undefined);
});

Deno.test("diff lets the listed files change and no others", async () => {
  const candidate = await named([{ ...CALLS[0]!, result: { hits: 2 } }, CALLS[1]!]);
  assert.deepEqual(outcome((await grade(candidate)).diff), ["fail", "unexpected_diff"]);
  const allow = (file: string) => ({ expectations: { diff_allow_changed_files: [file] } });
  assert.deepEqual(outcome((await grade(candidate, allow(" results.jsonl "))).diff), ["pass"]);
  assert.deepEqual(outcome((await grade(candidate, allow("refs.json"))).diff), ["fail", "unexpected_diff"]);
});

Deno.test("a candidate that is missing or damaged fails what looks at it", async () => {
  const expectations = { context_conformance: "required" };
  const codes = {
    missing: ["candidate_path_invalid", "candidate_path_invalid", "candidate_path_invalid"],
    unreadable: ["candidate_runpack_invalid", "diff_error", "candidate_runpack_invalid"],
  };
  for (const kind of ["missing", "unreadable"] as const) {
    const graders = await grade({ kind, path: "c.zip", error: "why" }, { expectations, options: CONTEXT });
    const seen = ["trajectory", "diff", "context_conformance"].map((name) => graders[name]!);
    assert.deepEqual(seen.map((result) => result.reason_codes[0]), codes[kind]);
    for (const result of seen) {
      assert.deepEqual(result.details, { error: "why", fixture: "f", run_id: "run_a" });
      assert.equal(result.status, "fail");
    }
    assert.equal(graders.context_conformance!.context_conformance, "missing");
    assert.equal(graders.expected_exit_code!.status, "pass");
  }
});

Deno.test("a rerun that did the same passes, whatever its ids, times and capture mode", async () => {
  const graders = await grade(await rerun(CALLS), { expectations: EXPECTED });
  assert.ok(Object.values(graders).every((result) => result.status === "pass"));
  assert.ok("candidate_exit_code" in graders);
  const stripped: Candidate = {
    kind: "rerun",
    path: "c.zip",
    pack: await packOf("run_b", CALLS.map(({ id: _, ...call }) => call), { captureMode: "reference" }),
  };
  const { diff } = await grade(stripped);
  assert.deepEqual(outcome(diff), ["pass"]);
  assert.equal(diff!.details!.compared, "behaviour");
});

Deno.test("a rerun that did something else fails, and the diff says at which call", async () => {
  const changed: [Call[], JsonObject][] = [
    [[{ ...CALLS[0]!, args: { q: 2 } }, CALLS[1]!], { call: 1, changes: ["args"], tool_name: "search" }],
    [[CALLS[0]!, { ...CALLS[1]!, status: "ok" }], { call: 2, changes: ["status"], tool_name: "write" }],
    [[CALLS[0]!, { ...CALLS[1]!, open: true }], { call: 2, changes: ["result"], tool_name: "write" }],
    [[CALLS[0]!, { ...CALLS[1]!, tool: "drop" }], { call: 2, changes: ["tool"], tool_name: "drop" }],
    [[CALLS[0]!], { call: 2, changes: ["removed"], tool_name: "write" }],
    [[...CALLS, { tool: "mail" }], { call: 3, changes: ["added"], tool_name: "mail" }],
  ];
  for (const [calls, change] of changed) {
    const { diff } = await grade(await rerun(calls));
    assert.deepEqual(outcome(diff), ["fail", "unexpected_diff"], JSON.stringify(change));
    assert.deepEqual(diff!.details!.changed_calls, [change]);
    assert.equal(diff!.details!.changed_calls_total, 1);
  }
});

Deno.test("a rerun in another order fails the trajectory and the diff", async () => {
  const { diff, trajectory } = await grade(await rerun(CALLS.toReversed()), { expectations: EXPECTED });
  assert.deepEqual([diff!.status, trajectory!.status], ["fail", "fail"]);
});

Deno.test("a rerun that lost results fails even where results may change", async () => {
  const expectations = { diff_allow_changed_files: ["results.jsonl"] };
  const { diff, candidate_exit_code: graded } = await grade(
    await rerun([CALLS[0]!, { ...CALLS[1]!, tool: "think", open: true }]),
    { expectations, pack: await packOf("run_a", [CALLS[0]!, { ...CALLS[1]!, tool: "think" }]) },
  );
  assert.equal(diff!.status, "pass");
  assert.deepEqual(outcome(graded), ["fail", "unexpected_exit_code"]);
});

Deno.test("the diff of a rerun lists the first changed calls and counts all", async () => {
  for (const extra of [MAX_CHANGED_CALLS, MAX_CHANGED_CALLS + 1]) {
    const calls = Array.from({ length: extra }, (): Call => ({ tool: "more" }));
    const { diff } = await grade(await rerun([...CALLS, ...calls]));
    assert.equal((diff!.details!.changed_calls as unknown[]).length, MAX_CHANGED_CALLS);
    assert.equal(diff!.details!.changed_calls_total, extra);
  }
});

const DIGEST = "ab".repeat(32);
const refs = (changes: JsonObject = {}, receipt: JsonObject = {}): JsonObject => ({
  context_set_digest: DIGEST,
  receipts: [{
    ref_id: "r1",
    source_type: "doc",
    source_locator: "x",
    query_digest: "q",
    content_digest: "c",
    retrieved_at: "2026-03-01T00:00:00Z",
    redaction_mode: "reference",
    ...receipt,
  }],
  ...changes,
});
const LATER = { retrieved_at: "2026-03-02T00:00:00Z" };

Deno.test("context_conformance decides by the first rule that applies", async () => {
  const other = "cd".repeat(32);
  const required = { context_conformance: "required" };
  const expected = { expected_context_set_digest: DIGEST.toUpperCase() };
  const cases: [JsonObject, JsonObject, Partial<GradeOptions>, string, string][] = [
    [refs(), required, {}, "context_conformance_pass", "none"],
    [
      refs({ context_set_digest: other }, { content_digest: "d" }),
      expected,
      {},
      "context_set_digest_mismatch",
      "semantic",
    ],
    [
      refs({ context_set_digest: other }, { content_digest: "d" }),
      {},
      {},
      "context_conformance_not_required",
      "semantic",
    ],
    [refs({ context_set_digest: "" }), required, {}, "context_evidence_missing", "missing"],
    [refs({ context_set_digest: "" }), expected, {}, "context_evidence_missing", "missing"],
    [refs({}, { content_digest: "d" }), required, {}, "context_semantic_drift", "semantic"],
    [refs({}, { content_digest: "d" }), {}, { enforceContext: true }, "context_semantic_drift", "semantic"],
    [refs({}, LATER), expected, {}, "context_runtime_drift_blocked", "runtime_only"],
    [refs({}, LATER), required, { allowRuntimeDrift: true }, "context_conformance_pass", "runtime_only"],
    [
      refs({}, LATER),
      { ...required, allow_context_runtime_drift: true },
      {},
      "context_conformance_pass",
      "runtime_only",
    ],
  ];
  const pack = await packOf("run_a", CALLS, { refs: refs() });
  for (const [candidate, expectations, options, code, conformance] of cases) {
    const graders = await grade(await named(CALLS, candidate), {
      pack,
      expectations,
      options: { ...CONTEXT, ...options },
    });
    const result = graders.context_conformance!;
    assert.deepEqual([...result.reason_codes, result.context_conformance], [code, conformance]);
    assert.equal(result.status, /pass|not_required/.test(code) ? "pass" : "fail");
  }
});

Deno.test("context_conformance takes a named candidate of another run for semantic drift, a rerun not", async () => {
  const pack = await packOf("run_a", CALLS, { refs: refs() });
  const options = { ...CONTEXT, enforceContext: true };
  const other = await grade(await named(CALLS, refs(), "run_z"), { pack, options });
  assert.deepEqual(outcome(other.context_conformance), ["fail", "context_semantic_drift"]);
  const again = await grade(await rerun(CALLS, refs({}, LATER)), { pack, options });
  assert.deepEqual(outcome(again.context_conformance), ["fail", "context_runtime_drift_blocked"]);
  assert.deepEqual(outcome(again.diff), ["pass"]);
  const allowed = await grade(await rerun(CALLS, refs({}, LATER)), {
    pack,
    options: { ...options, allowRuntimeDrift: true },
  });
  assert.deepEqual(outcome(allowed.context_conformance), ["pass", "context_conformance_pass"]);
  const changed = await grade(await rerun(CALLS, refs({}, { content_digest: "d" })), { pack, options });
  assert.deepEqual(outcome(changed.context_conformance), ["fail", "context_semantic_drift"]);
  assert.deepEqual(changed.diff!.details!.unexpected_files, ["refs.json"]);
});

Deno.test("a rerun whose receipts of gate traces are named after new call ids did the same", async () => {
  const withTrace = (runId: string) =>
    packOf(runId, CALLS.map(({ id: _, ...call }) => call), {
      refs: {
        receipts: [{
          ref_id: `trace_${runId}-0`,
          source_type: "gait.trace",
          source_locator: "gate",
          redaction_mode: "reference",
        }],
      },
    });
  const candidate: Candidate = { kind: "rerun", path: "c.zip", pack: await withTrace("run_b") };
  assert.deepEqual(outcome((await grade(candidate, { pack: await withTrace("run_a") })).diff), ["pass"]);
});

Deno.test("diff names the manifest, and files that only one side has", async () => {
  const pack = await packOf("run_a", CALLS);
  const files = [...pack.manifest.files, { path: "extra.json", sha256: "00" }];
  const changed = async (manifest: Partial<Runpack["manifest"]>) => {
    const candidate = { ...pack, manifest: { ...pack.manifest, ...manifest } };
    const { diff } = await grade({ kind: "named", path: "c.zip", pack: candidate }, { pack });
    return diff!.details!.changed_files;
  };
  assert.deepEqual(await changed({ capture_mode: "reference" }), ["manifest.json"]);
  assert.deepEqual(await changed({ files }), ["extra.json", "manifest.json"]);
  assert.deepEqual(await changed({ run_id: "x", producer_version: "y", manifest_digest: "z" }), []);
});
