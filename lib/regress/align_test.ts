import assert from "node:assert/strict";
import fc from "fast-check";
import { utf8 } from "../formats/bytes.ts";
import type { JsonObject } from "../formats/json/mod.ts";
import { type Call, packOf } from "./_test_runs.ts";
import { alignDrift } from "./align.ts";
import { readFixture } from "./fixture.ts";

const calls = (tools: string): Call[] => [...tools].map((tool) => ({ tool }));

async function kinds(expected: readonly Call[], actual: readonly Call[], expectations: JsonObject = {}) {
  const document = { name: "f", run_id: "run_a", runpack: "r.zip", ...expectations };
  const { fixture } = readFixture(utf8(JSON.stringify(document)), "fixture.json");
  const rows = alignDrift(fixture, await packOf("run_a", expected), await packOf("run_b", actual));
  return rows.map(({ kind, expected, actual, changes }) =>
    [kind, expected?.tool ?? "-", actual?.tool ?? "-", ...changes].join(" ")
  );
}

Deno.test("alignDrift() shows an inserted or missing call as one row at any position", async () => {
  for (const [at, actual] of ["xabc", "axbc", "abxc", "abcx"].entries()) {
    const rows = await kinds(calls("abc"), calls(actual));
    assert.equal(rows[at], "inserted - x");
    assert.deepEqual(rows.filter((row) => !row.startsWith("same")).length, 1);
    assert.equal((await kinds(calls(actual), calls("abc")))[at], "missing x -");
  }
});

Deno.test("alignDrift() says what changed in a call", async () => {
  const call = { tool: "a", args: { q: 1 }, result: { n: 1 } };
  const cases: [Call[], string[]][] = [
    [[call], ["same a a"]],
    [[{ ...call, args: { q: 2 } }], ["changed a a args"]],
    [[{ ...call, status: "error" }], ["changed a a status"]],
    [[{ ...call, result: { n: 2 } }], ["changed a a result"]],
    [[{ ...call, open: true }], ["changed a a result"]],
    [[{ ...call, tool: "b" }], ["changed a b tool"]],
    [[], ["missing a -"]],
  ];
  for (const [actual, expected] of cases) assert.deepEqual(await kinds([call], actual), expected);
});

Deno.test("alignDrift() compares with what a person wrote into the fixture, of which only tools and verdicts are known", async () => {
  const expectations = { expected_tool_sequence: ["a", "c"], expected_verdict_sequence: ["allow", "block"] };
  assert.deepEqual(await kinds(calls("ab"), calls("abc"), expectations), [
    "same a a",
    "inserted - b",
    "changed c c status",
  ]);
});

Deno.test("alignDrift() loses no call of either side, keeps their order, and is the same for equal runs alone", async () => {
  const tools = fc.string({ unit: fc.constantFrom("a", "b", "c"), maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(tools, tools, async (left, right) => {
      const rows = await kinds(calls(left), calls(right));
      const side = (at: number) =>
        rows.map((row) => row.split(" ")[at]).filter((tool) => tool !== "-").join("");
      assert.deepEqual([side(1), side(2)], [left, right]);
      assert.equal(rows.every((row) => row.startsWith("same")), left === right);
    }),
    { numRuns: 60 },
  );
});

Deno.test("alignDrift() takes runs of any length", async () => {
  const rows = await kinds(calls("ab".repeat(1500)), calls(`x${"ba".repeat(1500)}`));
  assert.ok(rows.length >= 3000);
});
