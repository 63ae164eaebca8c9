import assert from "node:assert/strict";
import fc from "fast-check";
import { applyEdits, memberOf, parseJsonc, plainValue } from "./jsonc.ts";

const read = (text: string) => plainValue(parseJsonc(text, "test"));

Deno.test("comments and trailing commas are read over", () => {
  const text = '\ufeff// a\n{ "a": [1, /* b */ 2,], // c\n "b": {"c": "//x", "d": null,}, /**/ }\n// end';
  assert.deepEqual(read(text), { a: [1, 2], b: { c: "//x", d: null } });
  assert.deepEqual([read("{}"), read("[]"), read("-1.5e3"), read("true")], [{}, [], -1500, true]);
});

Deno.test("what is malformed is refused", () => {
  for (
    const text of [
      "",
      "{",
      "[",
      "[1",
      "[1 2]",
      "[,]",
      "[1,,2]",
      '{"a"}',
      '{"a":}',
      "{a:1}",
      '{"a":1 "b":2}',
      '{"a":1,"a":2}',
      '{"a":1,"\\u0061":2}',
      "{} {}",
      "/*",
      '"\n"',
      '"a',
      '"\\',
      "01",
      "+1",
      "truE",
      "undefined",
      "[".repeat(200) + "]".repeat(200),
    ]
  ) assert.throws(() => read(text), { code: "invalid_input" }, text);
});

Deno.test("JSON is read as by JSON.parse(), and every place is that of its value", () => {
  fc.assert(fc.property(fc.jsonValue(), fc.constantFrom(0, 2, "\t"), (value, space) => {
    const text = JSON.stringify(value, null, space);
    assert.deepEqual(JSON.stringify(read(text)), JSON.stringify(JSON.parse(text)));
    const node = parseJsonc(text, "test");
    for (const { name, node: member } of node.members ?? []) {
      assert.equal(memberOf(node, name), member);
      assert.deepEqual(JSON.parse(text.slice(member.start, member.end)), (JSON.parse(text))[name]);
    }
  }));
});

Deno.test("edits replace their parts, in any order", () => {
  const edits = [{ start: 4, end: 5, text: "E" }, { start: 0, end: 1, text: "" }, {
    start: 2,
    end: 2,
    text: "+",
  }];
  assert.equal(applyEdits("abcdef", edits), "b+cdEf");
});
