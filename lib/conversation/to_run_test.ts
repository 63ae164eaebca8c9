import assert from "node:assert/strict";
import fc from "fast-check";
import { intentIds } from "./to_run.ts";

Deno.test("intentIds() keeps an id that one call has and numbers the others by position", () => {
  assert.deepEqual(intentIds(["a", "b", undefined, "b"]), ["a", "call_2", "call_3", "call_4"]);
});

Deno.test("intentIds() steps aside for a call whose own id looks like a numbered one", () => {
  assert.deepEqual(intentIds([undefined, "call_1"]), ["call_1_2", "call_1"]);
  assert.deepEqual(intentIds(["call_2", "call_2"]), ["call_1", "call_2_2"]);
});

Deno.test("intentIds() gives every call an id of its own, whatever ids they bring", () => {
  const id = fc.oneof(
    fc.constantFrom(undefined, "a", "call_1", "call_2", "call_1_2", "call_2_2"),
    fc.string({ minLength: 1 }),
  );
  fc.assert(fc.property(fc.array(id, { maxLength: 8 }), (ids) => {
    const given = intentIds(ids);
    assert.equal(new Set(given).size, ids.length);
    assert.ok(!given.includes(""));
    ids.forEach((own, i) => {
      if (own !== undefined && ids.indexOf(own) === ids.lastIndexOf(own)) assert.equal(given[i], own);
    });
  }));
});
