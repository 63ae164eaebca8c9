import assert from "node:assert/strict";
import * as fc from "fast-check";
import { decodeUtf8 } from "../formats/bytes.ts";
import { LineWriter } from "../formats/json/line_writer.ts";
import { canonicalize, type JsonObject } from "../formats/json/mod.ts";
import type { Rfc3339 } from "../formats/time.ts";
import { encodeIntent, encodeResult, type Intent, type Result } from "../schema/runpack.ts";
import { writeIntent, writeResult } from "./record_lines.ts";

/** A line without its end. */
function lineOf(write: (lines: LineWriter) => void): string {
  const lines = new LineWriter();
  write(lines);
  const line = decodeUtf8(lines.take());
  assert.equal(line.at(-1), "\n");
  return line.slice(0, -1);
}

const intentLine = (intent: Intent, args: string | undefined) =>
  lineOf((lines) => writeIntent(lines, intent, args));
const resultLine = (record: Result, result: string | undefined) =>
  lineOf((lines) => writeResult(lines, record, result));

const text = fc.string({ unit: "grapheme" });
const payload = fc.dictionary(text, fc.jsonValue({ maxDepth: 2 }), { noNullPrototype: true })
  .filter((value) => JSON.stringify(value).isWellFormed()) as fc.Arbitrary<JsonObject>;
const head = {
  schema_id: text,
  schema_version: text,
  created_at: fc.constant("2026-01-01T00:00:00Z" as Rfc3339),
  producer_version: text,
  run_id: text,
  intent_id: text,
};
const ABOUT = {
  schema_id: "",
  schema_version: "",
  created_at: "" as Rfc3339,
  producer_version: "",
  run_id: "",
};
const origins = [{ arg_path: "$.a", source: "user" as const, source_ref: "", integrity_digest: "" }];

Deno.test("lines of records are their canonical forms, with or without a payload", () => {
  fc.assert(fc.property(
    fc.record({ ...head, tool_name: text, args_digest: text }),
    fc.record({ ...head, status: text, result_digest: text }),
    payload,
    fc.boolean(),
    (intent, result, value, hasOrigins) => {
      const some = { ...intent, args: value, ...hasOrigins ? { arg_provenance: origins } : {} };
      const own = canonicalize(value);
      assert.equal(intentLine(some, own), canonicalize(encodeIntent(some)));
      assert.equal(intentLine({ ...some, args: undefined }, own), canonicalize(encodeIntent(some)));
      assert.equal(intentLine(some, undefined), canonicalize(encodeIntent({ ...some, args: null })));
      assert.equal(
        resultLine({ ...result, result: value }, own),
        canonicalize(encodeResult({ ...result, result: value })),
      );
      assert.equal(
        resultLine({ ...result, result: undefined }, own),
        canonicalize(encodeResult({ ...result, result: value })),
      );
      assert.equal(
        resultLine({ ...result, result: null }, undefined),
        canonicalize(encodeResult({ ...result, result: null })),
      );
    },
  ));
});

Deno.test("a payload of many brackets is written, whether its value is held or its text alone", () => {
  const value = { rows: Array.from({ length: 2000 }, () => []) };
  const own = canonicalize(value);
  const about = { ...ABOUT, intent_id: "" };
  const [intent, result] = [{ ...about, tool_name: "", args_digest: "" }, {
    ...about,
    status: "",
    result_digest: "",
  }];
  for (const held of [value, undefined]) {
    assert.deepEqual(JSON.parse(intentLine({ ...intent, args: held }, own)).args, value);
    assert.deepEqual(JSON.parse(resultLine({ ...result, result: held }, own)).result, value);
  }
});

Deno.test("a payload that is too deep for a record is refused", () => {
  let deep: JsonObject = {};
  for (let i = 0; i < 999; i++) deep = { a: deep };
  const own = canonicalize(deep);
  const intent = { ...ABOUT, intent_id: "", tool_name: "", args_digest: "", args: deep };
  const result = { ...ABOUT, intent_id: "", status: "", result_digest: "", result: deep };
  for (const held of [deep, undefined]) {
    assert.throws(() => intentLine({ ...intent, args: held }, own), { code: "invalid_input" });
    assert.throws(() => resultLine({ ...result, result: held }, own), { code: "invalid_input" });
  }
});
