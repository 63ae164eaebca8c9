import assert from "node:assert/strict";
import { precedes } from "./semver.ts";

Deno.test("precedes() orders the examples of Semantic Versioning, section 11", () => {
  const order = [
    "1.0.0-alpha",
    "1.0.0-alpha.1",
    "1.0.0-alpha.beta",
    "1.0.0-beta",
    "1.0.0-beta.2",
    "1.0.0-beta.11",
    "1.0.0-rc.1",
    "1.0.0",
    "2.0.0",
    "2.1.0",
    "2.1.1",
    "2.10.0",
    "99999999999999999999.0.0",
  ];
  for (const [i, left] of order.entries()) {
    for (const [j, right] of order.entries()) assert.equal(precedes(left, right), i < j, `${left} ${right}`);
  }
  assert.equal(precedes("v1.0.0", "1.0.1"), true);
  assert.equal(precedes("1.0.0+a", "1.0.0+b"), false);
});

Deno.test("precedes() says nothing about what is no version", () => {
  for (const [left, right] of [["1.0", "1.0.0"], ["1.0.0", "latest"], ["", ""], ["1".repeat(200), "1.0.0"]]) {
    assert.equal(precedes(left!, right!), undefined);
  }
});
