import assert from "node:assert/strict";
import type { JsonValue } from "../formats/json/mod.ts";
import { readAttributes } from "./otlp_value.ts";

Deno.test("readAttributes() reads every kind of value", () => {
  const { values: read } = readAttributes([
    { key: "text", value: { stringValue: "a" } },
    { key: "bool", value: { boolValue: false } },
    { key: "int", value: { intValue: "-12" } },
    { key: "number", value: { intValue: 12 } },
    { key: "big", value: { intValue: "9007199254740993" } },
    { key: "double", value: { doubleValue: 1.5 } },
    { key: "bytes", value: { bytesValue: "AA==" } },
    { key: "list", value: { arrayValue: { values: [{ stringValue: "x" }, { arrayValue: {} }] } } },
    { key: "object", value: { kvlistValue: { values: [{ key: "__proto__", value: { boolValue: true } }] } } },
    { key: "none", value: {} },
    { key: "missing" },
    "noise",
  ]);
  assert.deepEqual(JSON.parse(JSON.stringify(read)), {
    text: "a",
    bool: false,
    int: -12,
    number: 12,
    big: "9007199254740993",
    double: 1.5,
    bytes: "AA==",
    list: ["x", []],
    object: JSON.parse('{"__proto__": true}'),
    none: null,
    missing: null,
  });
});

Deno.test("readAttributes() names an attribute that occurs twice, also inside its value", () => {
  const twice = [{ key: "a", value: { stringValue: "1" } }, { key: "a", value: { stringValue: "2" } }];
  const inside = [{ key: "b", value: {} }, { key: "o", value: { kvlistValue: { values: twice } } }];
  assert.deepEqual([...readAttributes(twice).ambiguous], ["a"]);
  assert.equal(readAttributes(twice).values.a, "1");
  assert.deepEqual([...readAttributes(inside).ambiguous], ["o"]);
});

Deno.test("readAttributes() names an attribute whose value is none or several, and takes null for nothing", () => {
  const values: JsonValue[] = [
    "text",
    7,
    [],
    { string_value: "a" },
    { stringValue: "a", intValue: 1 },
    { arrayValue: { values: ["a"] } },
  ];
  for (const value of values) {
    assert.deepEqual([...readAttributes([{ key: "a", value }]).ambiguous], ["a"], JSON.stringify(value));
  }
  assert.deepEqual([...readAttributes({ a: "b" }).ambiguous], ["a"]);
  const { values: read, ambiguous } = readAttributes([{
    key: "a",
    value: { stringValue: null, intValue: "3" },
  }]);
  assert.deepEqual([read.a, ambiguous.size], [3, 0]);
});
