import assert from "node:assert/strict";
import fc from "fast-check";
import { memoryFiles } from "../../../tests/support/memory_files.ts";
import { utf8 } from "../../formats/bytes.ts";
import { CHECKPOINT_TYPES } from "../checkpoints.ts";
import { childLines, readChildLine } from "./child_lines.ts";

async function read(text: string, offset = 0) {
  const files = memoryFiles({ lines: text });
  const found: [string | undefined, string, number][] = [];
  for await (const { checkpoint, next } of childLines("lines", offset, files)) {
    found.push([checkpoint.type, checkpoint.summary, next]);
  }
  return found;
}

Deno.test("childLines() reads whole lines from an offset on, and leaves an unfinished one", async () => {
  assert.deepEqual(await read("step 1\n\nplan a b\nste".replaceAll("\\\n", "\n")), [
    ["progress", "step 1", 7],
    ["plan", "a b", 17],
  ]);
  assert.deepEqual(await read("step 1\nstep 2\n".replaceAll("\\\n", "\n"), 7), [["progress", "step 2", 14]]);
  assert.deepEqual(await read(""), []);
});

Deno.test("childLines() splits a line that is too long", async () => {
  const lines = await read("x".repeat(70_000));
  assert.deepEqual(lines.map(([type, , next]) => [type, next]), [["progress", 65_536]]);
});

Deno.test("readChildLine() reads types, JSON and plain progress", () => {
  assert.deepEqual(readChildLine("decision-needed drop it?"), {
    type: "decision-needed",
    summary: "drop it?",
    requiredAction: "approve",
  });
  assert.equal(
    readChildLine('{"type":"decision-needed","summary":"q","required_action":"ask"}').requiredAction,
    "ask",
  );
  assert.deepEqual(readChildLine("completed").summary, "completed");
});

Deno.test("readChildLine() blocks a job whose request can't be read", () => {
  const bad = [
    '{"type":"decision-needed","summary":"q"',
    '{"type":"decision","summary":"q"}',
    '{"type":"decision-needed"}',
    '{"type":"progress","type":"decision-needed","summary":"q"}',
    '{"summary":5}',
  ];
  for (const line of bad) assert.equal(readChildLine(line).type, "blocked", line);
});

Deno.test("readChildLine() gives a valid checkpoint for any line", () => {
  fc.assert(fc.property(fc.string({ unit: "binary", minLength: 1, maxLength: 2000 }), (text) => {
    if (text.trim() === "") return;
    const { type, summary, requiredAction } = readChildLine(text.trim());
    assert(CHECKPOINT_TYPES.includes(type!));
    assert(summary.trim() !== "" && utf8(summary.trim()).length <= 512);
    assert(type !== "decision-needed" || requiredAction !== "");
  }));
});
