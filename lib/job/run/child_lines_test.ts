import assert from "node:assert/strict";
import fc from "fast-check";
import { memoryFiles } from "../../../tests/support/memory_files.ts";
import { utf8 } from "../../formats/bytes.ts";
import { CHECKPOINT_TYPES } from "../checkpoints.ts";
import { childLines, readChildLine } from "./child_lines.ts";

async function read(text: string, { offset = 0, isWhole = false } = {}) {
  const files = memoryFiles({ lines: text });
  const found: [string | undefined, string | undefined, number][] = [];
  for await (const { checkpoint, next } of childLines("lines", offset, files, isWhole)) {
    found.push([checkpoint?.type, checkpoint?.summary, next]);
  }
  return found;
}

Deno.test("childLines() reads whole lines from an offset on, and leaves an unfinished one", async () => {
  assert.deepEqual(await read("step 1\n\nplan a b\nste"), [
    ["progress", "step 1", 7],
    [undefined, undefined, 8],
    ["plan", "a b", 17],
  ]);
  assert.deepEqual(await read("step 1\nstep 2\n", { offset: 7 }), [["progress", "step 2", 14]]);
  assert.deepEqual(await read(""), []);
});

Deno.test("childLines() reads the last line without its newline when nothing follows", async () => {
  assert.deepEqual(await read("step 1\nblocked b", { isWhole: true }), [
    ["progress", "step 1", 7],
    ["blocked", "b", 16],
  ]);
  assert.deepEqual(await read("step 1\n", { isWhole: true }), [["progress", "step 1", 7]]);
});

Deno.test("childLines() takes nothing in the middle of a line that is too long for a line of its own", async () => {
  const LIMIT = 65_536;
  const long = "x".repeat(LIMIT) + "completed".padEnd(LIMIT, "y") + "blocked\n";
  const rest = (next: number) => [undefined, undefined, next];
  const tail = [rest(2 * LIMIT), rest(2 * LIMIT + 8), ["progress", "step 2", 2 * LIMIT + 15]];
  const [first, ...others] = await read(`${long}step 2\n`);
  assert.deepEqual([first![0], first![2], others], ["progress", LIMIT, tail]);
  // Also where another runner goes on in the middle of it.
  assert.deepEqual(await read(`${long}step 2\n`, { offset: LIMIT }), tail);
  assert.deepEqual(await read(long.slice(0, LIMIT + 9), { offset: LIMIT }), []);
  assert.deepEqual(await read(long.slice(0, LIMIT + 9), { offset: LIMIT, isWhole: true }), [rest(LIMIT + 9)]);
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
