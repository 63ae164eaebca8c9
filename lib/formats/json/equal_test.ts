import assert from "node:assert/strict";
import * as fc from "fast-check";
import { canonicalize } from "./canonical.ts";
import { sameJson } from "./equal.ts";
import type { JsonValue } from "./value.ts";

const some = fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<JsonValue>;
const wellFormed = (value: JsonValue) => JSON.stringify(value).isWellFormed();

Deno.test("sameJson() is equality of canonical forms", () => {
  fc.assert(fc.property(some.filter(wellFormed), some.filter(wellFormed), (left, right) => {
    assert.equal(sameJson(left, right), canonicalize(left) === canonicalize(right));
    assert.ok(sameJson(left, JSON.parse(canonicalize(left))));
  }));
  assert.ok(sameJson({ a: 1, b: [0] }, { b: [-0], a: 1 }));
  assert.ok(!sameJson({ a: 1 }, JSON.parse('{"__proto__":1}')));
  assert.ok(!sameJson({}, []) && !sameJson([], {}) && !sameJson(null, {}));
});
