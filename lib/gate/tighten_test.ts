import assert from "node:assert/strict";
import fc from "fast-check";
import { plainEvaluation } from "../evaluate/combine.ts";
import { VERDICTS } from "../schema/verdict.ts";
import { tightened } from "./tighten.ts";

const EVALUATION = plainEvaluation("allow", ["b"]);
const ORDER = ["allow", "dry_run", "require_approval", "block"];
const aVerdict = fc.constantFrom(...VERDICTS);

Deno.test("tightened() never makes a verdict weaker, and an approval is always of somebody", () => {
  fc.assert(fc.property(aVerdict, aVerdict, (verdict, wanted) => {
    const next = tightened({ ...EVALUATION, verdict }, {
      reasonCodes: ["a"],
      violations: ["v"],
      verdict: wanted,
    });
    assert.equal(ORDER.indexOf(next.verdict), Math.max(ORDER.indexOf(verdict), ORDER.indexOf(wanted)));
    assert.deepEqual([next.reasonCodes, next.violations], [["a", "b"], ["v"]]);
    assert.equal(next.verdict !== "require_approval" || next.minApprovals >= 1, true);
  }));
});

Deno.test("tightened() keeps the verdict where nothing stricter is wanted", () => {
  assert.deepEqual(tightened(EVALUATION, { reasonCodes: [], violations: [] }), EVALUATION);
});
