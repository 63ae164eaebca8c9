import assert from "node:assert/strict";
import * as fc from "fast-check";
import { GaitError } from "../../errors/mod.ts";
import { utf8 } from "../bytes.ts";
import { takeApart } from "./array_parts.ts";
import { readJson } from "./read.ts";
import type { JsonObject, JsonValue } from "./value.ts";

const NAMES = ["a", "list"];

/** Not by `JSON.parse()` alone, which confuses keys with escapes (escaped_keys.ts). */
const valueOf = (text: string) => readJson(text, { what: "text" });

/** The value that the parts of a text come to; `undefined` if it is not taken apart, or a part is no JSON. */
function together(text: string): unknown {
  const bytes = utf8(text);
  const apart = takeApart(bytes, NAMES);
  if (apart === undefined) return undefined;
  const parse = (part: Uint8Array) => valueOf(new TextDecoder().decode(part));
  try {
    const value = parse(apart.rest) as JsonObject;
    for (const [name, { length, starts }] of apart.arrays) {
      // Nothing else may stand where the elements were.
      assert.deepEqual(value[name], []);
      value[name] = Array.from<unknown, JsonValue>(
        { length },
        (_, i) => parse(bytes.subarray(starts[i]!, starts[i + 1]! - 1)),
      );
    }
    return value;
  } catch (error) {
    if (error instanceof GaitError) return undefined;
    throw error;
  }
}

Deno.test("takeApart() finds the elements of the arrays of an object, between blanks, too", () => {
  const texts = [
    '{"a":[],"list":[{}]}',
    ' { "a" : [ { } , {"],{" : [ 2 , [ ] ] } ] ,\n"b" : { "list" : [ 3 ] } , "list" : [ ] } ',
    '{"b":[1,2],"a":[{"\\"]":{"c":"}\\\\"}}]}',
    `{"a":[${Array.from({ length: 3000 }, (_, i) => `{"n":${i}}`).join(",")}]}`,
    "{}",
  ];
  for (const text of texts.slice(0, 4)) assert.deepEqual(together(text), JSON.parse(text), text);
  assert.equal(together(texts[4]!), undefined);
});

Deno.test("takeApart() leaves what is unusual alone", () => {
  const texts = [
    '{"a":[{}],"a":[{}]}',
    '{"a":[{}],"a":2}',
    '{"a":null}',
    '{"\\u0061":[{}]}',
    "[{}]",
    '{"a":[{},]}',
    '{"a":[{}}',
    '{"a":[{}]]}',
    '{"a":[{}]',
    '{"a":[{"1]}',
    '{"a":[{}] "list":[]}',
    '{"a":[1]}',
    '{"a":[{}, 1]}',
    '{"a":[[{}]]}',
    "",
  ];
  for (const text of texts) assert.equal(together(text), undefined, text);
});

Deno.test("parts that are JSON are those of the text, whatever the text", () => {
  const member = fc.constantFrom("a", "list", "b", '"', "\\", "é");
  const item = fc.dictionary(member, fc.jsonValue({ maxDepth: 2 }), { noNullPrototype: true });
  const object = fc.dictionary(member, fc.oneof(fc.array(item), fc.jsonValue()), { noNullPrototype: true });
  const noise = fc.constantFrom("", "", "", ",", "]", "[", "}", '"', "\\", " ", '"a":[{}],');
  fc.assert(fc.property(object, fc.nat(), fc.nat(3), noise, (value, at, cut, more) => {
    const text = JSON.stringify(value, null, at % 3);
    const place = at % text.length;
    const changed = text.slice(0, place) + more + text.slice(place + cut);
    const found = together(changed);
    if (found !== undefined) assert.deepEqual(found, valueOf(changed), changed);
  }));
});
