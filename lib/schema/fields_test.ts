import assert from "node:assert/strict";
import * as v from "valibot";
import { type JsonValue, readJson } from "../formats/json/mod.ts";
import { ZERO_TIME } from "../formats/time.ts";
import {
  anyObject,
  count,
  decode,
  integer,
  integersIn,
  listOf,
  object,
  omitEmpty,
  strictObject,
  text,
  texts,
  time,
} from "./fields.ts";

const INVALID = { code: "invalid_input" };
const schema = object({
  text,
  count,
  integer,
  time,
  anyObject,
  texts,
  inner: v.nullish(object({ name: text })),
  list: listOf(object({ name: text })),
});
const read = (json: string) => decode(schema, readJson(json, { what: "test" }), "test");

Deno.test("decode() gives absent and null members the same meaning", () => {
  const absent = read("{}");
  const nulls = read(
    '{"text":null,"count":null,"integer":null,"time":null,"anyObject":null,"texts":null,"inner":null,"list":null}',
  );
  for (const { text, count, integer, time, texts, list, anyObject, inner } of [absent, nulls]) {
    assert.deepEqual([text, count, integer, time, texts, list], ["", 0, 0, ZERO_TIME, [], []]);
    assert.deepEqual([anyObject ?? undefined, inner ?? undefined], [undefined, undefined]);
  }
});

Deno.test("decode() drops unknown members, at every level", () => {
  const decoded = read(
    '{"x":1,"inner":{"name":"n","x":1,"__proto__":{"name":"p"}},"__proto__":{"text":"p"}}',
  );
  assert.equal(Object.hasOwn(decoded, "x"), false);
  assert.equal(Object.hasOwn(decoded, "__proto__"), false);
  assert.deepEqual(decoded.inner, { name: "n" });
  assert.equal(decoded.text, "");
});

Deno.test("decode() refuses every wrong type, a list in the place of an object among them", () => {
  const wrong: Record<string, string[]> = {
    text: ["1", "true", "{}", "[]", '["a"]'],
    count: ['"1"', "-1", "1.5", "true", "[]"],
    integer: ['"1"', "1.5", "9007199254740992", "1e300", "true"],
    time: ["1", '""', '"2026-02-30T00:00:00Z"', '"now"', "{}"],
    anyObject: ["[]", '"x"', "1", "true"],
    texts: ['"a"', "{}", "[1]", "[null]", '["a",{}]'],
    inner: ["[]", '[{"name":"n"}]', '"x"', "0", "false"],
    list: ["{}", "[[]]", '[{"name":1}]', "[null]", '"x"'],
  };
  for (const [member, values] of Object.entries(wrong)) {
    for (const value of values) {
      assert.throws(() => read(`{"${member}":${value}}`), INVALID, `${member}: ${value}`);
    }
  }
  for (const value of ["[]", "null", "1", '"x"']) assert.throws(() => read(value), INVALID);
});

Deno.test("strictObject() refuses unknown members, and lists", () => {
  const strict = strictObject({ a: text });
  const check = (json: string) => decode(strict, readJson(json, { what: "test" }), "test");
  assert.deepEqual(check('{"a":"x"}'), { a: "x" });
  for (const json of ['{"b":1}', '{"a":"x","__proto__":1}', "[]", '[["a","x"]]', '{"constructor":1}']) {
    assert.throws(() => check(json), INVALID, json);
  }
});

Deno.test("integersIn() refuses whole numbers that were not written as integers", () => {
  const whole = v.pipe(integersIn("n"), object({ n: integer }));
  const check = (json: string) => decode(whole, readJson(json, { what: "test" }), "test").n;
  assert.deepEqual(["1", "-0", "0", "-7", "null"].map((n) => check(`{"n":${n}}`)), [1, -0, 0, -7, 0]);
  for (const n of ["1.0", "1e0", "-0.0", "1E2", "1.5"]) assert.throws(() => check(`{"n":${n}}`), INVALID, n);
  assert.throws(() => check("[]"), INVALID);
});

Deno.test("decode() names the member in the way", () => {
  assert.throws(() => read('{"inner":{"name":1}}'), (error: Error) => error.message.includes("inner.name"));
});

Deno.test("omitEmpty() leaves out the named members when they are empty, and undefined ones always", () => {
  const record = { a: "", b: 0, c: false, d: [], e: {}, f: undefined, g: "", h: null };
  assert.deepEqual(omitEmpty(record, "a", "b", "c", "d", "e", "h"), { g: "" });
  assert.deepEqual(omitEmpty(record), { a: "", b: 0, c: false, d: [], e: {}, g: "", h: null });
  assert.deepEqual(omitEmpty({ a: "x", b: 1, c: true, d: [0], e: { x: 0 } }, "a", "b", "c", "d", "e"), {
    a: "x",
    b: 1,
    c: true,
    d: [0],
    e: { x: 0 },
  } as Record<string, JsonValue>);
});

const OURS = "expected what only we say";

/** Every kind of schema that artifacts are made of, with a value that it refuses. */
const REFUSED: readonly (readonly [v.GenericSchema, JsonValue])[] = [
  [v.string(), 1],
  [v.string(), null],
  [v.number(), "x"],
  [v.boolean(), []],
  [v.picklist(["a", "b"]), "c"],
  [v.literal("x"), 1],
  [v.array(v.string()), {}],
  [object({}), []],
  [object({ a: v.string() }), {}],
  [strictObject({}), { b: 1 }],
  [v.pipe(v.number(), v.integer()), 1.5],
  [v.pipe(v.number(), v.safeInteger()), 1e300],
  [v.pipe(v.number(), v.minValue(0)), -1],
  [v.pipe(v.array(v.string()), v.minLength(1)), []],
  [v.pipe(v.array(v.string()), v.maxLength(1)), ["1", "2"]],
  [v.record(v.string(), v.string()), 1],
  [v.nullish(v.string(), ""), {}],
];

for (const [i, [schema, value]] of REFUSED.entries()) {
  Deno.test(`decode() refuses in our own words, not in those of the validator (${i}: ${schema.type})`, () => {
    const inside = object({ outer: schema });
    assert.throws(() => decode(inside, { outer: value }, "it"), (error: Error) => {
      const own = v.safeParse(schema, value).issues![0].message;
      return !error.message.includes(own) &&
        !/Invalid|Expected|received|Array|Object|never|undefined/.test(error.message) &&
        error.message.includes("outer");
    });
  });
}

Deno.test("decode() leaves a schema's own text as it is", () => {
  assert.throws(() => decode(v.custom(() => false, OURS), 1, "it"), new RegExp(OURS));
});

Deno.test("decode() repeats no more than the beginning of a long text", () => {
  assert.throws(
    () => decode(v.number(), "x".repeat(10_000), "it"),
    ({ message }: Error) => message.length < 100,
  );
});
