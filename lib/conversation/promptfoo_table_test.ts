import assert from "node:assert/strict";
import * as fc from "fast-check";
import { utf8 } from "../formats/bytes.ts";
import { isPromptfooTable, readPromptfooTable } from "./promptfoo_table.ts";

const cell = (text: string) => `"${text.replaceAll('"', '""')}"`;
const RATED = ["Status", "Score", "Named Scores", "Grader Reason", "Comment"];
const tableOf = (prompts: readonly string[], rows: readonly (readonly string[])[]) =>
  [
    ["order", ...prompts.flatMap((prompt) => [prompt, ...RATED])],
    ...rows.map((outputs) => ["A-17", ...outputs.flatMap((output) => [output, "PASS", "1.00", "", "", ""])]),
  ].map((row) => row.map(cell).join(",")).join("\n").replaceAll(
    '"Status","Score","Named',
    'Status,Score,"Named',
  );

Deno.test("readPromptfooTable() gives every output of every prompt", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.string(), fc.string()), { minLength: 1, maxLength: 5 }), (rows) => {
      const plain = rows.map((outputs) => outputs.map((output) => `o ${output.replaceAll("\r", "")}`));
      const table = tableOf(["[openai:gpt] Refund,\nplease", "[second] Refund"], plain);
      assert.ok(isPromptfooTable(utf8(table)));
      const read = readPromptfooTable(table, "x").map(({ value }) => value as Record<string, unknown>);
      assert.deepEqual(
        read.map(({ promptIdx, testIdx, response }) => [testIdx, promptIdx, response]),
        plain.flatMap((outputs, test) => outputs.map((output, prompt) => [test, prompt, { output }])),
      );
    }),
  );
});

Deno.test("readPromptfooTable() takes off the rating that older versions put before an output", () => {
  const outputs = ["[PASS] a", "[FAIL] (0.50) not b\n---\nb", "[x] c"];
  const read = readPromptfooTable(tableOf(["[p] q"], outputs.map((output) => [output])), "x");
  assert.deepEqual(
    read.map(({ value }) => (value as { response: { output: string } }).response.output),
    ["a", "b", "[x] c"],
  );
});

Deno.test("isPromptfooTable() does not take other tables for one", () => {
  assert.equal(isPromptfooTable(utf8("a,Status,Score,b\n1,2,3,[4] x\n")), false);
  assert.equal(isPromptfooTable(utf8("traceId,name\n1,[a] b\n")), false);
});
