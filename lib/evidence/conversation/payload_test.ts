import assert from "node:assert/strict";
import type { JsonValue } from "../../formats/json/mod.ts";
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
  assert.deepEqual(readResult('{"a": 1}', false), { result: { a: 1 }, status: "ok" });
  assert.deepEqual(readResult("[1]", false), { result: { text: "[1]" }, status: "ok" });
  assert.deepEqual(readResult(undefined, false), { result: { text: "" }, status: "ok" });
});

Deno.test("readResult() sees an error in a mark of the format, an error member, or a text that begins so", () => {
  const cases: [JsonValue, boolean, string][] = [
    ["fine", true, "error"],
    [{ fine: true }, true, "error"],
    [{ error: "no such order" }, false, "error"],
    ['{"error": {}}', false, "error"],
    ["Error: no such order", false, "error"],
    [{ error: null, order: 7 }, false, "ok"],
    [{ error: false }, false, "ok"],
    [{ nested: { error: "x" } }, false, "ok"],
    ["error: lower case", false, "ok"],
    [" Error", false, "ok"],
  ];
  for (const [content, failed, status] of cases) assert.equal(readResult(content, failed).status, status);
});
