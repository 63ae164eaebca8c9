import assert from "node:assert/strict";
import { decodeUtf8, utf8 } from "../../formats/bytes.ts";
import { readCounters, writeCounters } from "./state.ts";

const read = (text: string) => Object.fromEntries(readCounters(utf8(text), "state"));

Deno.test("readCounters() gives the counts by key, without blank keys and counts below 1", () => {
  const counters = [{ key: "a", count: 2 }, { key: " ", count: 3 }, { key: "b", count: 0 }, {
    key: "c",
    count: -1,
  }];
  assert.deepEqual(read(JSON.stringify({ schema_id: "anything", counters })), { a: 2 });
  assert.deepEqual(read("{}"), {});
  assert.deepEqual(read('{"counters":null}'), {});
});

Deno.test("readCounters() keeps the higher count of a key that stands there twice", () => {
  assert.deepEqual(read('{"counters":[{"key":"a","count":5},{"key":"a","count":1}]}'), { a: 5 });
});

Deno.test("readCounters() refuses what is no state", () => {
  const texts = [
    "",
    "x",
    "[]",
    "null",
    '{"counters":{}}',
    '{"counters":[1]}',
    '{"counters":[{"key":1,"count":1}]}',
    '{"counters":[{"key":"a","count":"1"}]}',
    '{"counters":[{"key":"a","count":1.5}]}',
    '{"counters":[{"key":"a","count":1e300}]}',
    '{"tool_name":"tool.read","args":{}}',
    '{"schema_id":"gait.gate.trace","trace_id":"a"}',
    '{"schema_id":"gait.gate.trace","counters":[]}',
  ];
  for (const text of texts) assert.throws(() => read(text), { code: "invalid_input" }, text);
});

Deno.test("writeCounters() writes sorted counters that readCounters() gives back", () => {
  const counters = new Map([["b|\u{1f600}", 1], ["b|\uffff", 3], ["a", 2]]);
  const text = decodeUtf8(writeCounters(counters));
  assert.deepEqual(JSON.parse(text), {
    schema_id: "gait.gate.rate_limit_state",
    schema_version: "1.0.0",
    counters: [{ key: "a", count: 2 }, { key: "b|\uffff", count: 3 }, { key: "b|\u{1f600}", count: 1 }],
  });
  assert(text.startsWith('{\n  "schema_id"') && text.endsWith("}\n"));
  assert.deepEqual(read(text), Object.fromEntries(counters));
});
