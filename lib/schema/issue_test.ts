import assert from "node:assert/strict";
import * as v from "valibot";
import { decode, object, strictObject } from "./fields.ts";
import type { JsonValue } from "../formats/json/mod.ts";

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
