import assert from "node:assert/strict";
import fc from "fast-check";
import { packOf } from "./_test_runs.ts";
import {
  firstMismatch,
  MISSING,
  normalizeVerdict,
  toolSequence,
  verdictOfResult,
  verdictSequence,
} from "./trajectory.ts";
import type { JsonObject } from "../formats/json/mod.ts";
import { ZERO_TIME } from "../formats/time.ts";
import type { Result } from "../schema/runpack.ts";

Deno.test("toolSequence() keeps the order, trims, and drops blank names; verdictSequence() follows results", async () => {
  const pack = await packOf("run_a", [
    { tool: " b " },
    { tool: " " },
    { tool: "a", open: true },
    { tool: "a", status: "denied" },
  ]);
  assert.deepEqual(toolSequence(pack), ["b", "a", "a"]);
  assert.deepEqual(verdictSequence(pack), ["allow", "allow", "block"]);
});

Deno.test("firstMismatch() finds the first difference, or the end of the shorter side", () => {
  assert.deepEqual(firstMismatch(["a", "b"], ["a", "c"]), { index: 1, expected: "b", actual: "c" });
  assert.deepEqual(firstMismatch(["a"], ["a", "b"]), { index: 1, expected: MISSING, actual: "b" });
  assert.deepEqual(firstMismatch(["a", "b"], ["a"]), { index: 1, expected: "b", actual: MISSING });
  assert.deepEqual(firstMismatch([], ["a"]), { index: 0, expected: MISSING, actual: "a" });
  assert.deepEqual(firstMismatch(["a"], ["a", MISSING]), { index: 1, expected: MISSING, actual: MISSING });
  assert.equal(firstMismatch([], []), undefined);
});

Deno.test("firstMismatch() is undefined for equal sequences alone, and everything before it agrees", () => {
  const sequence = fc.array(fc.constantFrom("a", "b", MISSING), { maxLength: 6 });
  fc.assert(fc.property(sequence, sequence, (left, right) => {
    const mismatch = firstMismatch(left, right);
    assert.equal(mismatch === undefined, JSON.stringify(left) === JSON.stringify(right));
    if (!mismatch) return;
    assert.deepEqual(left.slice(0, mismatch.index), right.slice(0, mismatch.index));
    assert.equal(mismatch.expected, left[mismatch.index] ?? MISSING);
    assert.equal(mismatch.actual, right[mismatch.index] ?? MISSING);
  }));
});

const result = (status: string, payload: JsonObject | null = null): Result => ({
  schema_id: "",
  schema_version: "",
  created_at: ZERO_TIME,
  producer_version: "",
  run_id: "r",
  intent_id: "i",
  status,
  result_digest: "",
  result: payload,
});

const SPELLINGS = {
  allow: ["allow", "ok", "pass", "passed", "success"],
  block: ["block", "blocked", "deny", "denied"],
  require_approval: ["require_approval", "approval_required", "needs_approval", "needsapproval"],
  dry_run: ["dry_run", "dryrun", "simulate", "simulated"],
  error: ["error", "failed", "failure"],
};

Deno.test("normalizeVerdict() knows every spelling, in any case, with - and blanks for _, padded", () => {
  for (const [verdict, words] of Object.entries(SPELLINGS)) {
    for (const word of words) {
      for (const text of [word, ` ${word.toUpperCase()}\n`, word.replace("_", "-"), word.replace("_", " ")]) {
        assert.equal(normalizeVerdict(text), verdict, text);
      }
    }
  }
});

Deno.test("normalizeVerdict() maps its own answers to themselves and everything else to nothing", () => {
  fc.assert(fc.property(fc.string(), (text) => {
    const verdict = normalizeVerdict(text);
    if (verdict === undefined) return;
    assert.equal(normalizeVerdict(verdict), verdict);
    const word = text.trim().toLowerCase().replace(/[- ]/g, "_");
    assert.ok(SPELLINGS[verdict].includes(word));
  }));
  for (const text of ["", " ", "maybe", "allow!", "constructor", "__proto__", "allowed"]) {
    assert.equal(normalizeVerdict(text), undefined, text);
  }
});

Deno.test("verdictOfResult() takes the verdict of the result before the status", () => {
  assert.equal(verdictOfResult(result("ok", { verdict: "Blocked" })), "block");
  assert.equal(verdictOfResult(result("denied", { verdict: "who knows" })), "block");
  for (const verdict of [true, 1, null, ["allow"], { allow: 1 }]) {
    assert.equal(verdictOfResult(result("dry-run", { verdict })), "dry_run");
  }
});

Deno.test("verdictOfResult() never takes an unknown status for success", () => {
  assert.equal(verdictOfResult(result(" Success ")), "allow");
  for (const status of ["", "dry run", "needsapproval", "allow", "done", "toString"]) {
    assert.equal(verdictOfResult(result(status)), "error", status);
  }
});

Deno.test("verdictOfResult() reads own members only", () => {
  const inherited = Object.create({ verdict: "block" }) as JsonObject;
  assert.equal(verdictOfResult(result("ok", inherited)), "allow");
});
