import assert from "node:assert/strict";
import fc from "fast-check";
import { mediaTypeOf } from "./media_type.ts";

Deno.test("mediaTypeOf() reads the type, and refuses what two readers could understand differently", () => {
  for (
    const good of [
      "application/json",
      " Application/JSON ; charset=utf-8",
      'application/json;x="a;b"',
      'application/json;x="\\""',
      "application/json;",
    ]
  ) {
    assert.equal(mediaTypeOf(good), "application/json", good);
  }
  for (
    const bad of [
      "",
      "json",
      "a/b/c",
      "application/json;;x=1",
      "application/json;x",
      "application/json;=1",
      "application/json;x=",
      "application/json;x=1;X=2",
      'application/json;x="a',
      'application/json;x="a"b',
      "application/json,text/plain",
      'application/json;x="a\\"',
    ]
  ) {
    assert.notEqual(mediaTypeOf(bad), "application/json", bad);
  }
});

Deno.test("mediaTypeOf() answers every text", () => {
  fc.assert(fc.property(fc.string(), (text) => void mediaTypeOf(text)));
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(";", '"', "\\", "=", "a", " ")),
      (chars) => void mediaTypeOf(`a/b${chars.join("")}`),
    ),
  );
});
