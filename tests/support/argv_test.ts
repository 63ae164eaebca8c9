import assert from "node:assert/strict";
import { argv } from "./argv.ts";

Deno.test("argv() splits at white space outside of quotes and values", () => {
  assert.deepEqual(argv`gate eval  --policy ${"a b.yaml"}\n --json`, [
    "gate",
    "eval",
    "--policy",
    "a b.yaml",
    "--json",
  ]);
  assert.deepEqual(argv`a 'b c' '' --out=${"x y"}/z ${3}`, ["a", "b c", "", "--out=x y/z", "3"]);
  assert.deepEqual(argv`${["a b", "c"]} d ${[]}`, ["a b", "c", "d"]);
  assert.deepEqual(argv`${""} a`, ["", "a"]);
  assert.throws(() => argv`a${["b"]}`);
});
