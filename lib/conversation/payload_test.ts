import assert from "node:assert/strict";
import fc from "fast-check";
import type { JsonValue } from "../formats/json/mod.ts";
import { readArguments, readResult } from "./payload.ts";

Deno.test("readArguments() takes an object, or a text that holds one, as it is", () => {
  assert.deepEqual(readArguments({ a: 1 }), { args: { a: 1 }, rawArguments: false });
  assert.deepEqual(readArguments(' {"a": 1}'), { args: { a: 1 }, rawArguments: false });
});

Deno.test("readArguments() keeps anything else as its text, and says so", () => {
  const cases: [JsonValue | undefined, string][] = [
    ["order 7", "order 7"],
    ["[1]", "[1]"],
    ['{"a":', '{"a":'],
    ["", ""],
    [undefined, ""],
    [null, ""],
    [[1, 2], "[1,2]"],
    [7, "7"],
  ];
  for (const [given, raw] of cases) {
    assert.deepEqual(readArguments(given), { args: { raw }, rawArguments: true });
  }
});

Deno.test("readArguments() keeps a text whose keys repeat as text: readers disagree on what was called", () => {
  const text = '{"to": "alice", "to": "mallory"}';
  assert.deepEqual(readArguments(text), { args: { raw: text }, rawArguments: true });
});

Deno.test("readArguments() keeps a member named __proto__ as data", () => {
  const { args } = readArguments('{"__proto__": {"a": 1}}');
  assert.deepEqual(Object.keys(args), ["__proto__"]);
});

Deno.test("readArguments() keeps a text that is nested too deep for a record as text, from 1000 levels on", () => {
  const nested = (levels: number) => '{"a":'.repeat(levels) + "1" + "}".repeat(levels);
  assert.equal(readArguments(nested(999)).rawArguments, false);
  assert.equal(readArguments(nested(1000)).rawArguments, true);
});

Deno.test("readResult() takes an object as it is and anything else as text", () => {
  assert.deepEqual(readResult('{"a": 1}', undefined), { result: { a: 1 }, status: "ok" });
  assert.deepEqual(readResult("[1]", false), { result: { text: "[1]" }, status: "ok" });
  assert.deepEqual(readResult(undefined, false), { result: { text: "" }, status: "ok" });
});

Deno.test("readArguments() and readResult() keep a number of more digits than a double holds as text", () => {
  const [one, other] = ['{"id": 1234567890123456789}', '{"id": 1234567890123456788}'];
  assert.deepEqual(readArguments(one), { args: { id: "1234567890123456789" }, rawArguments: false });
  assert.deepEqual(readResult(other, undefined).result, { id: "1234567890123456788" });
  assert.deepEqual(readArguments('{"n": [9007199254740991, 1e20, 0.1]}').args.n, [
    9007199254740991,
    1e20,
    0.1,
  ]);
});

Deno.test("readArguments() keeps every integer to the digit", () => {
  fc.assert(fc.property(fc.bigInt(), (id) => {
    assert.equal(String(BigInt(readArguments(`{"id": ${id}}`).args.id as string)), String(id));
  }));
});

Deno.test("readResult() takes the word of the format, else an error member that says something", () => {
  const cases: [JsonValue, boolean | undefined, string][] = [
    ["fine", true, "error"],
    [{ fine: true }, true, "error"],
    [{ error: "no such order" }, undefined, "error"],
    [{ error: "no such order" }, false, "ok"],
    ['{"error": {"code": 7}}', undefined, "error"],
    ['{"isError": true}', undefined, "error"],
    ["Error: no such order", undefined, "ok"],
    ...[null, false, 0, "", " ", {}, []].map((error) =>
      [{ error }, undefined, "ok"] as [JsonValue, undefined, string]
    ),
    [{ nested: { error: "x" } }, undefined, "ok"],
  ];
  for (const [content, failed, status] of cases) assert.equal(readResult(content, failed).status, status);
});
