import assert from "node:assert/strict";
import fc from "fast-check";
import type { JsonValue } from "../formats/json/mod.ts";
import { nanosOf, readAttributes, timeOfNanos } from "./otlp_value.ts";
import { parseTime } from "../formats/time.ts";

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

Deno.test("timeOfNanos() is exact to the nanosecond", () => {
  assert.equal(timeOfNanos(1_767_225_601_123_456_789n), "2026-01-01T00:00:01.123456789Z");
  assert.equal(timeOfNanos(1_767_225_603_000_000_001n), "2026-01-01T00:00:03.000000001Z");
  assert.equal(timeOfNanos(1_767_225_600_000_000_000n), "2026-01-01T00:00:00Z");
  assert.equal(timeOfNanos(1n), "1970-01-01T00:00:00.000000001Z");
});

Deno.test("timeOfNanos() gives a valid time for every value of the field, in the same order", () => {
  const nanos = fc.bigInt({ min: 1n, max: 2n ** 64n - 1n });
  fc.assert(fc.property(nanos, nanos, (a, b) => {
    const full = (time: string) => time.replace("Z", "").padEnd(20, ".").padEnd(29, "0");
    assert.equal(parseTime(timeOfNanos(a)), timeOfNanos(a));
    if (a < b) assert.ok(full(timeOfNanos(a)) < full(timeOfNanos(b)));
  }));
});

Deno.test("nanosOf() reads decimal texts and whole numbers up to 64 bits", () => {
  assert.equal(nanosOf("18446744073709551615"), 2n ** 64n - 1n);
  assert.equal(nanosOf("18446744073709551616"), undefined);
  assert.equal(nanosOf(1000), 1000n);
});

Deno.test("nanosOf() gives nothing for zero, which means unknown in OTLP, and for what is no such number", () => {
  for (const value of ["0", 0, "", "-1", "1.5", "0x10", " 1", -1, 1.5, null, undefined, [], {}, true]) {
    assert.equal(nanosOf(value as never), undefined);
  }
});
