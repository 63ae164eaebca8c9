/** Whatever happens to a log on its way, an import reads it or refuses it with a code; nothing else comes out. */
import assert from "node:assert/strict";
import * as fc from "fast-check";
import { importConversations } from "../../lib/conversation/import.ts";
import { GaitError } from "../../lib/errors/mod.ts";
import { concat } from "../../lib/formats/bytes.ts";

const folder = new URL("../../testdata/", import.meta.url);

/** Small samples of every kind of file. */
const SAMPLES = [
  "import/ai-js-6.0.326/ui_stream.sse",
  "import/ai-js-6.0.326/steps.json",
  "import/anthropic-2.14.0/events.jsonl",
  "import/autogen-agentchat-0.7.5/state.json",
  "import/boto3-1.44.8/messages.json",
  "import/google-adk-2.13.0/traces.pb",
  "import/google-adk-2.13.0/events.jsonl",
  "import/langchain-1.5.2/dumpd.json",
  "import/mcp-2.3.0/messages.jsonl",
  "import/openai-3.57.0/chat_chunks.jsonl",
  "import/openai-agents-0.24.0/traces.jsonl",
  "import/opentelemetry-instrumentation-openai-0.62.4/traces.json",
  "import/opentelemetry-instrumentation-openai-0.62.4/traces.pb",
  "import/pydantic-ai-slim-2.68.0/messages.json",
  "conversations/formats/langfuse.json",
  "conversations/formats/langfuse.csv",
  "conversations/formats/langsmith.csv",
].map((path) => Deno.readFileSync(new URL(path, folder)));

/** Pieces that parsers stumble over. */
const PIECES = [
  "\uFEFF",
  "\r\n",
  '"__proto__":{},',
  '"a":1,"a":2,',
  "1e999",
  "12345678901234567890",
  '"\\ud800"',
  "[".repeat(1200),
  '{"a":'.repeat(1200),
  "\u0000",
  '"',
  "null",
  "\u202e",
].map((text) => new TextEncoder().encode(text)).concat(
  Uint8Array.of(0xff, 0xfe),
  Uint8Array.of(0xed, 0xa0, 0x80),
);

async function attempt(bytes: Uint8Array): Promise<void> {
  try {
    const { runs } = await importConversations(bytes, {}, { what: "x", version: "0" });
    assert.ok(runs.length > 0);
  } catch (error) {
    if (!(error instanceof GaitError)) throw error;
    assert.equal(error.code, "invalid_input", error.message);
  }
}

Deno.test("a log whose bytes are changed, cut, or mixed with hostile pieces is read or refused", async () => {
  const change = fc.oneof(
    fc.record({ at: fc.nat(), by: fc.nat(255) }),
    fc.record({ at: fc.nat(), piece: fc.constantFrom(...PIECES) }),
    fc.record({ at: fc.nat(), cut: fc.integer({ min: 1, max: 400 }) }),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...SAMPLES),
      fc.array(change, { minLength: 1, maxLength: 4 }),
      async (sample, all) => {
        let bytes: Uint8Array = sample.slice();
        for (const one of all) {
          const at = one.at % (bytes.length + 1);
          if ("piece" in one) bytes = concat([bytes.subarray(0, at), one.piece, bytes.subarray(at)]);
          else if ("cut" in one) bytes = concat([bytes.subarray(0, at), bytes.subarray(at + one.cut)]);
          else if (at < bytes.length) bytes[at] = one.by;
        }
        await attempt(bytes);
      },
    ),
    { numRuns: 600 },
  );
});

Deno.test("two logs of different formats in one file are read or refused", async () => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...SAMPLES), fc.constantFrom(...SAMPLES), async (left, right) => {
      await attempt(concat([left, new TextEncoder().encode("\n"), right]));
    }),
    { numRuns: 60 },
  );
});

Deno.test("a byte order mark and other line breaks change nothing of a run", async () => {
  const importOf = async (text: string) =>
    (await importConversations(new TextEncoder().encode(text), {}, { what: "x", version: "0" })).runs.map((
      { packed },
    ) => packed.manifestDigest);
  for (
    const path of [
      "openai-3.57.0/chat_messages.json",
      "mcp-2.3.0/messages.jsonl",
      "ai-js-6.0.326/ui_stream.sse",
    ]
  ) {
    const text = Deno.readTextFileSync(new URL(`import/${path}`, folder));
    const plain = await importOf(text);
    assert.deepEqual(await importOf("\uFEFF" + text), plain, path);
    assert.deepEqual(await importOf(text.replaceAll("\n", "\r\n")), plain, path);
  }
});
