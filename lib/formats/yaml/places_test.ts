import assert from "node:assert/strict";
import fc from "fast-check";
import { placeOf } from "./error.ts";
import { placesIn } from "./places.ts";

Deno.test("placesIn() agrees with placeOf() at every offset of any text", () => {
  const texts = fc.array(fc.constantFrom("a", "\n", "\r", "\r\n", "\u{1f600}", ": ")).map((parts) =>
    parts.join("")
  );
  fc.assert(fc.property(texts, (text) => {
    const places = placesIn(text);
    for (let at = 0; at <= text.length; at++) assert.deepEqual(places(at), placeOf(text, at));
  }));
});
