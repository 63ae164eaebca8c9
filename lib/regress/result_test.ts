import assert from "node:assert/strict";
import fc from "fast-check";
import { compareBytewise } from "../formats/bytes.ts";
import type { JsonObject } from "../formats/json/mod.ts";
import { EPOCH_1980, parseTime, ZERO_TIME } from "../formats/time.ts";
import { decode } from "../schema/fields.ts";
import { type GraderResult, regressResultSchema } from "../schema/regress.ts";
import {
  assembleResult,
  encodeRegressResult,
  failedGraders,
  nextCommand,
  topFailureReason,
} from "./result.ts";

const HEAD = { createdAt: parseTime("2026-01-01T00:00:00Z"), version: "1.0.0", fixtureSet: "default" };
const grader = (name: string, status: "pass" | "fail", ...reason_codes: string[]): GraderResult => ({
  name,
  status,
  reason_codes,
  details: { at: "<here>" },
});

Deno.test("assembleResult() sorts by the whole name in byte order", () => {
  const result = assembleResult(HEAD, [grader("a/diff", "pass"), grader("a-b/diff", "pass")]);
  assert.deepEqual(result.graders.map(({ name }) => name), ["a-b/diff", "a/diff"]);
});

Deno.test("assembleResult() fails when any grader failed; the first one gives the reason", () => {
  const result = assembleResult(HEAD, [
    grader("b/x", "fail", "later"),
    grader("a/x", "fail", "first", "second"),
    grader("a/a", "pass"),
  ]);
  assert.equal(result.status, "fail");
  assert.equal(failedGraders(result).length, 2);
  assert.equal(topFailureReason(result), "first");
  assert.equal(topFailureReason(assembleResult(HEAD, [grader("a/x", "fail")])), "grader_failed");
  const good = assembleResult(HEAD, [grader("a/x", "pass", "fine")]);
  assert.deepEqual([good.status, topFailureReason(good)], ["pass", undefined]);
});

Deno.test("assembleResult() has a fixed time where the run has none", () => {
  assert.equal(assembleResult({ ...HEAD, createdAt: ZERO_TIME }, []).created_at, EPOCH_1980);
});

Deno.test("encodeRegressResult() keeps the order of the contract and escapes for HTML", () => {
  const text = new TextDecoder().decode(encodeRegressResult(assembleResult(HEAD, [grader("f/x", "pass")])));
  assert.equal(
    text,
    `{
  "schema_id": "gait.regress.result",
  "schema_version": "1.0.0",
  "created_at": "2026-01-01T00:00:00Z",
  "producer_version": "1.0.0",
  "fixture_set": "default",
  "status": "pass",
  "graders": [
    {
      "name": "f/x",
      "status": "pass",
      "reason_codes": [],
      "details": {
        "at": "\\u003chere\\u003e"
      }
    }
  ]
}
`,
  );
  decode(regressResultSchema, JSON.parse(text), "result");
});

Deno.test("encodeRegressResult() gives the same bytes for the same grades in any order", () => {
  const names = fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 6 });
  fc.assert(fc.property(names, fc.infiniteStream(fc.nat()), (names, random) => {
    const graders = names.toSorted(compareBytewise).map((name) => grader(name, "pass"));
    const shuffled = graders
      .map((grader) => ({ grader, at: random.next().value! }))
      .sort((a, b) => a.at - b.at)
      .map(({ grader }) => grader);
    assert.deepEqual(
      encodeRegressResult(assembleResult(HEAD, shuffled)),
      encodeRegressResult(assembleResult(HEAD, graders)),
    );
  }));
});

const failed = (name: string, candidate?: string) => ({
  name,
  status: "fail" as const,
  reason_codes: [],
  ...(candidate === undefined ? {} : { details: { candidate_runpack: candidate } }),
});

Deno.test("nextCommand() leads to what differs", () => {
  assert.equal(nextCommand(failed("f/diff", "b.zip"), "a.zip"), "gait run diff a.zip b.zip");
  assert.equal(nextCommand(failed("f/trajectory", "b.zip"), "a.zip"), "gait run diff a.zip b.zip");
  assert.equal(nextCommand(failed("f/trajectory", "a.zip"), "a.zip"), "gait run inspect a.zip");
  assert.equal(nextCommand(failed("f/diff"), "a.zip"), "gait run inspect a.zip");
  assert.equal(nextCommand(failed("f/expected_exit_code"), "a.zip"), "gait run replay a.zip");
  assert.equal(nextCommand(failed("f/candidate_exit_code", "b.zip"), "a.zip"), "gait run replay b.zip");
  const unread = { candidate: "r/1.zip", reason_codes: ["candidate_runpack_invalid"] };
  const drifted = { candidate: "r/2.zip", reason_codes: ["unexpected_diff"] };
  const many = (...failed_candidates: JsonObject[]) =>
    nextCommand({ ...failed("f/candidates"), details: { failed_candidates } }, "a.zip");
  assert.equal(many(unread, drifted), "gait run diff a.zip r/2.zip");
  assert.equal(many(unread), "gait verify r/1.zip");
});
