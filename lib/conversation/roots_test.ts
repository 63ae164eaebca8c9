import assert from "node:assert/strict";
import { utf8 } from "../formats/bytes.ts";
import { readRoots } from "./roots.ts";

const roots = (text: string) => readRoots(utf8(text), "input");
const refused = { code: "invalid_input" };

Deno.test("readRoots() takes a list apart, keeps an object, and reads JSONL line by line", () => {
  assert.deepEqual(roots('[{"a":1},2]').values, [{ a: 1 }, 2]);
  assert.deepEqual(roots('{\n"a":\n1}').values, [{ a: 1 }]);
  const lines = roots('{"a":1}\n\n[2]\n');
  assert.deepEqual(lines.values, [{ a: 1 }, [2]]);
  assert.deepEqual([lines.position(0), lines.position(1)], ["line 1", "line 3"]);
});

Deno.test("readRoots() refuses what is neither JSON nor JSONL", () => {
  for (const text of ["", "\n", "7", '"text"', "null", '{"a":1', '{"a":1}\n{"b"', "role: user"]) {
    assert.throws(() => roots(text), refused, JSON.stringify(text));
  }
});

Deno.test("readRoots() refuses a key that occurs twice, in JSON and in a line", () => {
  assert.throws(() => roots('{"a":1,"a":2}'), refused);
  assert.throws(() => roots('{"a":1}\n{"b":1,"b":2}'), refused);
});
