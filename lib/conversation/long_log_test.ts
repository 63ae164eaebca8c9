import assert from "node:assert/strict";
import * as fc from "fast-check";
import { GaitError } from "../errors/mod.ts";
import type { JsonValue } from "../formats/json/mod.ts";
import { digestOf } from "../signing/mod.ts";
import { runningDigest as openDigest } from "../signing/running_digest.ts";
import { detectFormat, READERS } from "./formats/table.ts";
import { readRoots } from "./input.ts";
import { LONG_LOG, readLongLog } from "./long_log.ts";
import { importConversations } from "./import.ts";
import type { Format } from "./transcript.ts";

const text = fc.string({ maxLength: 6 });
const id = fc.constantFrom("a", "b", "c");
const line: fc.Arbitrary<JsonValue> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ role: fc.constantFrom("user", "assistant", "tool", "odd"), content: text }),
  },
  fc.record({ id, text }).map(({ id, text }) => ({
    role: "assistant",
    content: null,
    tool_calls: [{ id, type: "function", function: { name: "pay", arguments: JSON.stringify({ text }) } }],
  })),
  fc.record({ id, text }).map(({ id, text }) => ({ role: "tool", tool_call_id: id, content: text })),
  fc.record({ id }).map(({ id }) => ({
    role: "assistant",
    content: [{ type: "tool_use", id, name: "pay", input: {} }],
  })),
  fc.record({ id }).map(({ id }) => ({
    role: "user",
    content: [{ type: "tool_result", tool_use_id: id, content: "x" }],
  })),
  fc.constantFrom<JsonValue>(
    { type: "reasoning" },
    { role: "assistant", functionCall: { name: "pay" } },
    { role: "assistant", finish_reason: "tool_calls" },
    7,
    { messages: [] },
    { role: "user", timestamp: "2026-01-01T00:00:00" },
  ),
);

/** What is read, or the error. */
async function outcome(read: () => unknown): Promise<unknown> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof GaitError)) throw error;
    return `${error.code}: ${error.message}`;
  }
}

Deno.test("a long log that is read line by line comes to the same as one that is read as a whole", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(line, { minLength: 2, maxLength: 12 }),
      fc.constantFrom<Format | undefined>(undefined, "openai", "anthropic"),
      fc.constantFrom("\n", "\r\n", "\n\n"),
      async (lines, format, end) => {
        const bytes = new TextEncoder().encode(lines.map((one) => JSON.stringify(one) + end).join(""));
        const long = await outcome(() => readLongLog(bytes, "x", format, openDigest));
        if (long === undefined) return; // it is read as a whole
        const whole = await outcome(async () => {
          const roots = readRoots(bytes, "x");
          const found = format ?? detectFormat(roots);
          const { readings } = READERS[found].read(roots);
          assert.equal(readings.length, 1);
          const { position, value, transcript } = readings[0]!;
          return { format: found, position, digest: await digestOf(value), transcript };
        });
        assert.deepEqual(long, whole);
      },
    ),
    { numRuns: 500 },
  );
});

Deno.test("only logs of messages, one per line, are read line by line", () => {
  const read = (text: string) => readLongLog(new TextEncoder().encode(text), "x", undefined, openDigest);
  const message = '{"role":"user","content":"hi"}';
  assert.notEqual(read(`${message}\n${message}\n`), undefined);
  for (
    const text of [
      "",
      message,
      `[${message}]\n`,
      `{"role":\n"user"}\n`,
      `{"messages":[]}\n{"messages":[]}\n`,
      "data: 1\n\n",
    ]
  ) {
    assert.equal(read(text), undefined, text);
  }
});

Deno.test("an import of a long log gives the runpack that it gives as a list", async () => {
  const lines = Array.from({ length: 9000 }, (_, i): JsonValue => ({
    role: "assistant",
    tool_calls: [{
      id: `c${i}`,
      function: { name: "pay", arguments: `{"n":${i},"pad":"${"x".repeat(60)}"}` },
    }],
  }));
  const [asLines, asList] = [lines.map((one) => JSON.stringify(one)).join("\n"), JSON.stringify(lines)];
  assert.ok(asLines.length > LONG_LOG);
  const packs = [];
  for (const text of [asLines, asList]) {
    const bytes = new TextEncoder().encode(text);
    packs.push((await importConversations(bytes, {}, { what: "x", version: "1" })).runs[0]!.packed);
  }
  assert.equal(packs[0]!.runId, packs[1]!.runId);
  assert.equal(packs[0]!.manifestDigest, packs[1]!.manifestDigest);
  assert.deepEqual(packs[0]!.bytes, packs[1]!.bytes);
});
