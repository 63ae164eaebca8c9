import assert from "node:assert/strict";
import { shellWord } from "./shell.ts";

Deno.test("shellWord() quotes what a shell would take apart: paths come from files that others wrote", () => {
  assert.equal(shellWord("a/b-c_1.zip"), "a/b-c_1.zip");
  assert.equal(shellWord("a b;$(x)"), "'a b;$(x)'");
  assert.equal(shellWord("it's"), `'it'\\''s'`);
  assert.equal(shellWord(""), "''");
});
