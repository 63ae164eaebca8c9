/** Logs of every format with what is odd but legitimate: each call that was made is an intent, in whatever file it comes. */
import assert from "node:assert/strict";
import { importConversations } from "../../lib/conversation/import.ts";
import { type Format, FORMATS } from "../../lib/conversation/transcript.ts";
import { type HeldInput, unpackLog } from "../../lib/conversation/unpack_log.ts";
import { GaitError } from "../../lib/errors/mod.ts";
import { canonicalize, type JsonObject, type JsonValue } from "../../lib/formats/json/mod.ts";
import { readRunpack } from "../../lib/runpack/read.ts";
import type { Made } from "./agent_writers.ts";
import { KEEPS, WRITERS } from "./log_writers.ts";

const HUGE = "12345678901234567890123";
const ODD_ARGS: readonly JsonObject[] = [
  {},
  { a: "ünïcode 🦊 \u202e\u0000\t", "ключ": "值" },
  { a: HUGE },
  { nested: { list: [1, [], {}, null, true], empty: "" } },
  { a: '{"b":1}', path: "C:\\x\\", error: "none" },
  { a: 1, b: "2", __proto__x: "y" },
];

/** The calls of a conversation, the second and third of which are equal. */
function madeIn(format: Format, answer: string): Made[] {
  return [ODD_ARGS[0]!, ...ODD_ARGS].map((args, i) => ({
    tool: i % 2 === 0 ? "pay" : "delete_repo",
    args,
    answer: i === 4 ? undefined : `${answer} ${i}`,
    broken: false,
    id: `call_${i + 1}`,
  })).map((call, i) => ({ ...call, ...KEEPS[format]?.(call, i) }));
}

/** Formats in which an event, an item or a run has an id of its own that is never given twice. */
const UNIQUE: ReadonlySet<Format> = new Set(["kimi", "langchain-events", "realtime"]);

/** JSON in which the huge number stands as a number wherever it is no part of a text within a text. */
const jsonl = (values: readonly JsonValue[]) =>
  values.map((value) => `${JSON.stringify(value).replaceAll(`:"${HUGE}"`, `:${HUGE}`)}\n`).join("");

async function importOf(content: string | Uint8Array<ArrayBuffer>, format: Format) {
  const given = typeof content === "string" ? new TextEncoder().encode(content) : content;
  const [{ bytes }] = await unpackLog("x", given, 1 << 24) as [HeldInput];
  const { runs, skipped } = await importConversations(bytes, { format }, { what: "x", version: "1" });
  const packs = await Promise.all(runs.map(({ packed }) => readRunpack(packed.bytes)));
  return { intents: packs.flatMap(({ intents }) => intents), runs, skipped };
}

const gzip = async (text: string) =>
  new Uint8Array(
    await new Response(new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"))).arrayBuffer(),
  );

for (const format of FORMATS) {
  const made = madeIn(format, "said");
  const text = jsonl(WRITERS[format](made));
  const seen = ({ intents }: Awaited<ReturnType<typeof importOf>>) =>
    intents.map(({ tool_name: tool, args_digest: args }) => `${tool} ${args}`);

  Deno.test(`${format}: odd arguments, with a byte order mark, other line ends, or packed, are the same calls`, async () => {
    const plain = await importOf(text, format);
    assert.equal(plain.intents.length, made.length);
    assert.equal(new Set(plain.intents.map((intent) => intent.intent_id)).size, made.length);
    // Equal arguments have equal digests, and others have others.
    const kinds = new Set(made.map(({ tool, args }) => canonicalize([tool, args as JsonValue])));
    assert.equal(new Set(seen(plain)).size, kinds.size);
    for (const other of [`\uFEFF${text}`, text.replaceAll("\n", "\r\n"), await gzip(text), text.trimEnd()]) {
      assert.deepEqual(seen(await importOf(other, format)), seen(plain));
    }
  });

  Deno.test(`${format}: a log that is cut off anywhere has the calls of its whole lines, or is refused`, async () => {
    const lines = text.split("\n").length - 1;
    for (let i = 1; i < 12; i++) {
      const cut = text.slice(0, Math.floor((text.length * i) / 12));
      let found: Awaited<ReturnType<typeof importOf>>;
      try {
        found = await importOf(cut, format);
      } catch (error) {
        assert.ok(error instanceof GaitError, String(error));
        assert.equal(error.code, "invalid_input");
        continue;
      }
      if (lines === 1) {
        // A list without an end has its whole items, and says so.
        assert.match(found.skipped.map(({ reason }) => reason).join(), /has no end/);
        continue;
      }
      const whole = await importOf(cut.slice(0, cut.lastIndexOf("\n") + 1), format);
      assert.deepEqual(seen(found), seen(whole));
    }
  });

  if (!UNIQUE.has(format)) {
    Deno.test(`${format}: two conversations with the same ids have all of their calls`, async () => {
      const other = made.map((call) => ({ ...call, args: { ...call.args, a: "other" } }))
        .map((call, i) => ({ ...call, ...KEEPS[format]?.(call, i + 10) }));
      // Sessions, where a format names them, are two.
      const both = text + jsonl(WRITERS[format](other)).replace(/:"(?:s|run|t)"/g, ':"other"');
      let found: Awaited<ReturnType<typeof importOf>>;
      try {
        found = await importOf(both, format);
      } catch (error) {
        assert.ok(error instanceof GaitError, String(error));
        return;
      }
      const notes = [...found.skipped, ...found.runs.flatMap(({ skipped }) => skipped)];
      assert.ok(
        found.intents.length === 2 * made.length,
        `${found.intents.length} of ${2 * made.length}: ${notes.map(({ reason }) => reason).join("; ")}`,
      );
    });
  }
}
