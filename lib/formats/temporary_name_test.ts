import assert from "node:assert/strict";
import fc from "fast-check";
import { temporaryName } from "./path.ts";
import { nameOfTemporary } from "./temporary_name.ts";

Deno.test("nameOfTemporary() gives back the name of every temporary file, and takes no other file for one", () => {
  const unique = "0123456789abcdef";
  fc.assert(fc.property(fc.stringMatching(/^[\x20-\x2e\x30-\x7e]{1,40}$/), (name) => {
    assert.equal(nameOfTemporary(temporaryName(name, unique)), name);
  }));
  for (const name of ["a", ".a", `a.tmp-${unique}`, `..tmp-${unique}`, `.a.tmp-${unique}0`, ".a.tmp-x"]) {
    assert.equal(nameOfTemporary(name), undefined, name);
  }
});
