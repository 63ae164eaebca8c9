import assert from "node:assert/strict";
import fc from "fast-check";
import { canonicalize, type JsonObject } from "../formats/json/mod.ts";
import { bulkHasher } from "../signing/bulk_digest.ts";
import { readArguments, readResult } from "./payload.ts";
import { PayloadWriter } from "./payload_writer.ts";

const kept = (payload: JsonObject, withText: boolean) => {
  const text = canonicalize(payload);
  return { digest: bulkHasher(text), text: withText ? text : undefined };
};

const payload = fc.constantFrom<string | JsonObject | undefined>(
  ...[
    '{"b":1,"a":"x"}',
    ' {"path":"é😀","n":[1.5]} ',
    "{}",
    '{"n":12345678901234567890}',
    '{"n":1.0}',
    '{"a":-0}',
  ],
  ...[
    '{"a":1,"a":2}',
    "[1]",
    "7",
    "text",
    "",
    '{"a":1',
    '"{}"',
    '{"a":"\ud800"}',
    String.raw`{"a":"\ud800"}`,
  ],
  ...['{"error":""}', '{"error":"no"}', '{"error":null}', '{"isError":true}', '{"isError":false}'],
  ...[String.raw`{"err\u006fr":"no"}`, '{"said":"error"}', '{"in":{"error":1}}', '{"error" : {"code":1}}'],
  ...[JSON.stringify({ long: "é".repeat(40_000) }), JSON.stringify({ b: "x".repeat(70_000), a: "y" })],
  ...[{ b: 1, a: { error: 2 } }, { error: "no" }, {}, undefined],
);

Deno.test("of payloads the same is kept as of their values, which are not made where that is possible", () => {
  const writers = [true, false].map((withText) => ({
    withText,
    writer: new PayloadWriter(bulkHasher, withText),
  }));
  const failures = fc.constantFrom(true, false, undefined);
  fc.assert(
    fc.property(payload, failures, fc.constantFrom(...writers), (value, failed, { withText, writer }) => {
      const { args, rawArguments } = readArguments(value);
      assert.deepEqual(writer.args(value), { rawArguments, ...kept(args, withText) });
      const { result, status } = readResult(value, failed);
      assert.deepEqual(writer.result(value, failed), { status, ...kept(result, withText) });
    }),
    { numRuns: 600 },
  );
});
