import assert from "node:assert/strict";
import fc from "fast-check";
import { cleanPath } from "../formats/path.ts";
import { nameFault } from "./pack_name.ts";

Deno.test("nameFault() lets through only names that stay in their folder", () => {
  for (const name of ["a", "payments-guardrails", "2.1.0", "1.0.0-rc.1+build", "a@b", "a..b", "pins2"]) {
    assert.equal(nameFault(name), undefined, name);
  }
  fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 8 }), (name) => {
    if (nameFault(name) !== undefined) return;
    assert.equal(cleanPath(`cache/${name}/x`), `cache/${name}/x`);
    assert.match(name, /^[\x21-\x7e]+$/);
  }));
});
