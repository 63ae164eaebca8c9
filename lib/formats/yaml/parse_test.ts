import assert from "node:assert/strict";
import fc from "fast-check";
import { GaitError } from "../../errors/mod.ts";
import { YamlError } from "./error.ts";
import type { YamlNode } from "./node.ts";
import { parseYaml } from "./parse.ts";

/** A tree as plain arrays and entry lists, so that no key can hide behind a prototype. */
function plain(node: YamlNode | undefined): unknown {
  switch (node?.kind) {
    case undefined:
      return undefined;
    case "scalar":
      return node.text;
    case "sequence":
      return node.items.map(plain);
    case "mapping":
      return new Map(node.entries.map(({ key, value }) => [key.text, plain(value)]));
  }
}

function failure(text: string | Uint8Array): YamlError {
  try {
    parseYaml(text, "t");
  } catch (error) {
    assert.ok(error instanceof YamlError, String(error));
    return error;
  }
  throw new Error(`accepted: ${text}`);
}

Deno.test("parseYaml() resolves anchors, aliases and merge keys", () => {
  const { root, anchors } = parseYaml("a: &x {k: [1, 2]}\nb: *x\nc:\n  <<: *x\n  l: 3\n", "t");
  const x = new Map<string, unknown>([["k", ["1", "2"]]]);
  assert.deepEqual(
    plain(root),
    new Map<string, unknown>([["a", x], ["b", x], ["c", new Map<string, unknown>([...x, ["l", "3"]])]]),
  );
  assert.deepEqual([...anchors.values()], ["x"]);
  const merged = parseYaml("a: &a {k: 1}\nb: &b {l: 2}\nc: {<<: [*a, *b]}", "t");
  assert.deepEqual((plain(merged.root) as Map<string, unknown>).get("c"), new Map([["k", "1"], ["l", "2"]]));
  assert.deepEqual(plain(parseYaml('a: {"<<": 1}', "t").root), new Map([["a", new Map([["<<", "1"]])]]));
});

for (
  const [what, text, detail] of [
    ["a key twice", "a: 1\na: 2", "duplicate_key"],
    ["a key twice, quoted once", 'a: 1\n"a": 2', "duplicate_key"],
    ["a merged key again", "a: &a {k: 1}\nb: {<<: *a, k: 2}", "duplicate_key"],
    ["a key that is merged again", "a: &a {k: 1}\nb: {k: 2, <<: *a}", "duplicate_key"],
    ["a merge key twice", "a: &a {k: 1}\nb: &b {l: 1}\nc: {<<: *a, <<: *b}", "duplicate_key"],
    ["one mapping merged twice", "a: &a {k: 1}\nb: {<<: [*a, *a]}", "duplicate_key"],
    ["__proto__ twice", "__proto__: 1\n__proto__: 2", "duplicate_key"],
    ["a merge of a text", "a: {<<: b}", "yaml_merge"],
    ["an unknown alias", "a: *b", "yaml_alias"],
    ["an alias of what comes later", "a: *b\nb: &b 1", "yaml_alias"],
    ["an alias inside of itself", "a: &a [*a]", "yaml_alias"],
    ["a merge with itself", "a: &a {<<: *a}", "yaml_alias"],
    ["a list as a key", "? [a]\n: 1", "yaml_key"],
    ["a mapping as a key", "{a: 1}: 2", "yaml_key"],
    ["a foreign tag", "a: !!python/object:x {}", "yaml_tag"],
    ["a local tag", "a: !secret b", "yaml_tag"],
    ["binary", "a: !!binary aGk=", "yaml_tag"],
    ["redefined tags", "%TAG !! tag:evil,2000:\n---\na: 1", "yaml_tag"],
    ["a number that is none", "a: !!int x", "yaml_tag"],
    ["a tab for indentation", "a:\n\tb: 1", "yaml_syntax"],
    ["a mistake in a later document", "a: 1\n---\nb: [", "yaml_syntax"],
    ["a control character", "a: b\u0000c", "yaml_syntax"],
    ["an escape", "a: \u001b[31m", "yaml_syntax"],
    ["101 levels", "[".repeat(101) + "]".repeat(101), "yaml_syntax"],
    ["20000 brackets", "[".repeat(20000), "yaml_syntax"],
    [
      "20000 levels of keys",
      Array.from({ length: 300 }, (_, i) => " ".repeat(i) + "a:").join("\n"),
      "yaml_syntax",
    ],
    ["a byte order mark", "\ufeffa: 1", "yaml_encoding"],
  ] as const
) {
  Deno.test(`parseYaml() refuses ${what}`, () => {
    const error = failure(text);
    assert.deepEqual([error.code, error.detail], ["invalid_input", detail], error.message);
  });
}

Deno.test("parseYaml() refuses bytes that are no UTF-8", () => {
  for (
    const bytes of [[0x61, 0x3a, 0x20, 0xff], [0xff, 0xfe, 0x61, 0x00], [0xed, 0xa0, 0x80], [0xc0, 0xaf]]
  ) {
    assert.equal(failure(new Uint8Array(bytes)).detail, "yaml_encoding");
  }
});

Deno.test("parseYaml() stops an alias bomb before it grows", () => {
  const levels = Array.from(
    { length: 12 },
    (_, i) => `l${i}: &l${i} [${Array(10).fill(i ? `*l${i - 1}` : "x")}]`,
  );
  assert.equal(failure(levels.join("\n")).detail, "yaml_alias_bomb");
  const merges = Array.from(
    { length: 30 },
    (_, i) => `l${i}: &l${i} {a: ${i ? `*l${i - 1}` : "x"}, b: ${i ? `*l${i - 1}` : "x"}}`,
  );
  assert.equal(failure(merges.join("\n")).detail, "yaml_alias_bomb");
});

Deno.test("parseYaml() keeps __proto__ and its like as plain keys", () => {
  const { root } = parseYaml("__proto__: {allow: true}\nconstructor: 1\ntoString: 2", "t");
  assert.ok(root?.kind === "mapping");
  assert.deepEqual(root.entries.map(({ key }) => key.text), ["__proto__", "constructor", "toString"]);
  assert.equal(({} as { allow?: boolean }).allow, undefined);
  assert.equal(plain(parseYaml("&__proto__ a", "t").root), "a");
});

Deno.test("parseYaml() names the place of a mistake, whatever ends the lines", () => {
  for (const newline of ["\n", "\r\n", "\r"]) {
    assert.deepEqual(failure(["a: 1", "b: 2", "  ", "c: *d"].join(newline)).place, { line: 4, column: 4 });
    assert.deepEqual(failure(["a:", "  k: é", "  k: 1"].join(newline)).place, { line: 3, column: 3 });
  }
});

Deno.test("parseYaml() reads the first of several documents and counts them", () => {
  const { root, documents } = parseYaml("a: 1\n---\nb: 2\n...\n---\nc: 3\n", "t");
  assert.deepEqual([plain(root), documents], [new Map([["a", "1"]]), 3]);
  for (const nothing of ["", "# only\n", "---\n", "\n\n"]) {
    assert.equal(parseYaml(nothing, "t").root, undefined, JSON.stringify(nothing));
  }
  assert.equal(plain(parseYaml("--- null", "t").root), "null");
});

Deno.test("parseYaml() knows where items and blocks begin", () => {
  const text = "a:\n  - &x |- # c | d\n    q\n  - *x\n  - >2\r\n      z\nb: [p, *x]\n";
  const { root } = parseYaml(text, "t");
  assert.ok(root?.kind === "mapping");
  const [a, b] = root.entries.map(({ value }) => value);
  assert.ok(a?.kind === "sequence" && b?.kind === "sequence");
  const starts = (list: readonly number[], length: number) => list.map((at) => text.slice(at, at + length));
  assert.deepEqual(starts(a.places, 2), ["|-", "*x", ">2"]);
  assert.deepEqual(starts(b.places, 1), ["p", "*"]);
});

Deno.test("parseYaml() fails with its own error or not at all, whatever the text", () => {
  const piece = fc.constantFrom(
    ..."- ? : , [ ] { } # & * ! | > ' \" % @ a b 1 ~ \n \t".split(" ").filter((unit) => unit !== ""),
    ...[
      "\n",
      "\n  ",
      " ",
      "<<: ",
      "&a ",
      "*a",
      "---\n",
      "...\n",
      "!!int ",
      "\\u0000",
      "%YAML 1.2\n",
      "|-\n",
      "\r\n",
    ],
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
      try {
        parseYaml(pieces.join(""), "t");
      } catch (error) {
        assert.ok(error instanceof GaitError && error.code === "invalid_input", String(error));
      }
    }),
    { numRuns: 3000 },
  );
});

for (const [name, separator] of [["NEL", "\u0085"], ["LS", "\u2028"], ["PS", "\u2029"]] as const) {
  Deno.test(`parseYaml() refuses ${name} outside of quotes, wherever it stands, and takes it inside`, () => {
    const hidden = [
      `a: 1 # harmless${separator}b: 2`,
      `# only a comment${separator}`,
      `${separator}a: 1`,
      `a: x${separator}y`,
      `a${separator}b: 1`,
      `a: |\n  x${separator}y\n`,
      `a: [x, ${separator}y]`,
      `a: "x" ${separator}# y`,
      `a: 1\n--- # ${separator}\nb: 2`,
      `a: "${separator}"\nb: ${separator}`,
    ];
    for (const text of hidden) {
      assert.equal(failure(text).code, "invalid_input", JSON.stringify(text));
    }
    const at = failure(`a: 1\nb: 2 # x${separator}c: 3`);
    assert.deepEqual([at.detail, at.place], ["yaml_line_separator", { line: 2, column: 9 }]);
    for (const quoted of [`a: "x${separator}y"`, `a: 'x${separator}y'`, `"x${separator}y": 1`]) {
      assert.equal(parseYaml(quoted, "t").root?.kind, "mapping");
    }
    assert.deepEqual(plain(parseYaml(`a: 'x${separator}y'`, "t").root), new Map([["a", `x${separator}y`]]));
  });
}
