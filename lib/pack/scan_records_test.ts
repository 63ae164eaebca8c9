import assert from "node:assert/strict";
import fc from "fast-check";
import { GaitError } from "../errors/mod.ts";
import { utf8 } from "../formats/bytes.ts";
import { readJsonLines } from "../formats/json/mod.ts";
import { decode } from "../schema/fields.ts";
import { resultSchema } from "../schema/runpack.ts";
import { recordSink, type SeenResult } from "./scan_records.ts";

/** What the sink makes of a file, cut into pieces. */
function scan(bytes: Uint8Array, cut = bytes.length || 1): SeenResult[] | "refused" {
  const seen: SeenResult[] = [];
  let counted = -1;
  try {
    const sink = recordSink(
      "results",
      { result: (result) => void seen.push(result) },
      (count) => counted = count,
    );
    for (let at = 0; at < bytes.length; at += cut) {
      // A chunk is valid during the call only.
      const chunk = bytes.slice(at, at + cut);
      sink.push(chunk);
      chunk.fill(0);
    }
    sink.end();
  } catch (error) {
    if (error instanceof GaitError) return "refused";
    throw error;
  }
  assert.equal(counted, seen.length);
  return seen;
}

/** What the full reader makes of it. */
function readWhole(bytes: Uint8Array): SeenResult[] | "refused" {
  try {
    return [...readJsonLines(bytes, "results")].map(({ value }) => decode(resultSchema, value, "result"));
  } catch (error) {
    if (error instanceof GaitError) return "refused";
    throw error;
  }
}

const simple = (seen: SeenResult[] | "refused") =>
  seen === "refused"
    ? seen
    : seen.map(({ intent_id, status, result }) => [intent_id, status, result ?? null]);

const LINE = {
  schema_id: "gait.runpack.result",
  schema_version: "1.0.0",
  created_at: "2026-01-01T00:00:00Z",
  producer_version: "x",
  run_id: "r",
  intent_id: "i",
  status: "ok",
  result_digest: "d",
};
const line = (members: object = {}) => JSON.stringify({ ...LINE, ...members });

Deno.test("recordSink() reads keys that are written with escapes as every other reader does", () => {
  const hidden = line({ result: { m: [], verdict: "block" } }).replace('"verdict"', '"verdic\\u0074"');
  const bytes = utf8(`${line({ result: { m: [], "verdic\\": 0 } })}\n${hidden}\n`);
  assert.deepEqual(simple(scan(bytes)), simple(readWhole(bytes)));
  assert.deepEqual(simple(scan(bytes)).at(-1), ["i", "ok", { m: [], verdict: "block" }]);
});

Deno.test("recordSink() sees what the full reader sees, line by line", () => {
  const lines = fc.constantFrom(
    line(),
    line({ result: { a: [{ x: 1 }, { y: 2 }] } }),
    line({ intent_id: "j", status: "error", result: { text: "é\ud800" } }),
    line({ created_at: "2026-02-30T00:00:00Z" }),
    line({ created_at: "2026-01-01T00:00:00+01:00" }),
    line({ status: 1 }),
    line({ status: null }),
    line({ result: [] }),
    line().replace('"ok"', '"ok","more":1e400'),
    line({ result: { n: 0 } }).replace(":0}", ":1e400}"),
    line({ result: { n: 0 } }).replace(":0}", ":" + "9".repeat(400) + "}"),
    '{"result":[{"a":"b"}',
    '{"c":"d"}],"e":"f"}',
    `${line()},${line()}`,
    `${line()} ${line()}`,
    "",
    "  ",
    "[]",
    "{",
    line({ result: { deep: JSON.parse("[".repeat(1100) + "]".repeat(1100)) } }),
    line({ result: { deep: JSON.parse("[".repeat(900) + "]".repeat(900)) } }),
  );
  fc.assert(
    fc.property(
      fc.array(lines, { maxLength: 6 }),
      fc.integer({ min: 1, max: 5000 }),
      fc.boolean(),
      (texts, cut, end) => {
        const bytes = utf8(texts.join("\n") + (end ? "\n" : ""));
        assert.deepEqual(simple(scan(bytes, cut)), simple(readWhole(bytes)));
      },
    ),
    { numRuns: 600 },
  );
});

Deno.test("recordSink() takes no comma on the top level for a joint of lines", () => {
  // Three values in three lines, but no line is one.
  const tricky = [`{"result":[${line()}`, `${line()}],"e":"f"}`, `${line()},${line()}`].join("\n");
  assert.equal(scan(utf8(tricky)), "refused");
});

Deno.test("recordSink() passes on every record of a large file, wherever it is cut", () => {
  const texts = Array.from({ length: 3000 }, (_, i) => line({ intent_id: `i${i}` }));
  for (const cut of [1 << 16, 100_000, 131_072, 1 << 20]) {
    const seen = scan(utf8(texts.join("\n") + "\n"), cut);
    assert.ok(
      seen !== "refused" && seen.length === 3000 && seen.every(({ intent_id }, i) => intent_id === `i${i}`),
    );
  }
});

Deno.test("recordSink() refuses a line beyond 10 MiB that ends in the piece which makes it too long", () => {
  const [short, long] = [10 << 20, (10 << 20) + 1].map((size) => {
    const text = line({ result: { text: "" } });
    return utf8(text.replace('"text":""', `"text":"${"x".repeat(size - text.length)}"`) + "\n");
  }) as [Uint8Array, Uint8Array];
  for (const cut of [short.length - 1, long.length]) {
    assert.notEqual(scan(short, cut), "refused");
    assert.equal(scan(long, cut), "refused");
  }
});

Deno.test("recordSink() refuses a line beyond 10 MiB before it holds much more", () => {
  const sink = recordSink("results", {}, () => {});
  const chunk = new Uint8Array(1 << 20).fill(0x20);
  assert.throws(() => {
    for (let i = 0; i < 12; i++) sink.push(chunk);
  }, { code: "invalid_input" });
});
