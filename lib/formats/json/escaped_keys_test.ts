import assert from "node:assert/strict";
import fc from "fast-check";
import { canonicalize } from "./canonical.ts";
import { restoreNames, spellKeysPlainly } from "./escaped_keys.ts";
import { isIntegerLiteral, readJson, readJsonObject } from "./read.ts";

const what = "test";
const read = (text: string) => readJson(text, { what });
const keysOf = (text: string) => Object.keys(readJsonObject(text, { what }));

/** Spell every unit of a text as an escape. */
const escapeAll = (text: string) =>
  text.split("").map((unit) => "\\u" + unit.charCodeAt(0).toString(16).padStart(4, "0")).join("");

Deno.test("readJson() is not led astray by an earlier object with another key in the same place", () => {
  // The defect of V8 that nodejs/node#63785 describes; each document hides a member from a plain JSON.parse.
  const document = String.raw`{"a":[{"m":{},"verdic\\":0}],"b":{"m":"s","verdic\u0074":"block"}}`;
  assert.deepEqual(read(document), { a: [{ m: {}, "verdic\\": 0 }], b: { m: "s", verdict: "block" } });
  for (
    const [i, [poison, key]] of [["\\", "\n"], ["\\", '"'], ["\\", "a"], ["verdic\\", "verdict"], [
      "é\\\\",
      "é\\a",
    ]].entries()
  ) {
    readJson(`{"h${i}":[],${JSON.stringify(poison)}:0}`, { what });
    for (
      const spelling of [
        JSON.stringify(key),
        `"${escapeAll(key!)}"`,
        `"${key!.slice(0, -1).replaceAll("\\", "\\\\")}${escapeAll(key!.at(-1)!)}"`,
      ]
    ) {
      assert.deepEqual(keysOf(`{"h${i}":1,${spelling}:2}`), [`h${i}`, key]);
    }
  }
});

Deno.test("readJson() reads escaped keys rightly after every earlier key, of all short ones", () => {
  const units = ["\\", "a", "\n", '"', "é"];
  const keys = units.flatMap((a) => [a, ...units.map((b) => a + b)]);
  let shape = 0;
  for (const poison of keys) {
    for (const key of keys) {
      const head = `k${shape++}`;
      JSON.parse(`{"${head}":[],${JSON.stringify(poison)}:0}`);
      for (const spelling of [JSON.stringify(key), `"${escapeAll(key)}"`]) {
        const found = keysOf(`{"${head}":1,${spelling}:2}`)[1];
        if (found !== key) {
          assert.fail(
            `${JSON.stringify(key)} became ${JSON.stringify(found)} after ${JSON.stringify(poison)}`,
          );
        }
      }
    }
  }
});

Deno.test("readJson() does not depend on how keys are spelled", () => {
  const unit = fc.constantFrom("a", "b", "\\", '"', "\n", "#", "0", "1", "é", "\u{1f600}", "_");
  const key = fc.oneof(
    fc.array(unit, { maxLength: 3 }).map((list) => list.join("")),
    fc.constantFrom("__proto__", "#0", "#1", "10"),
  );
  const values = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      fc.constantFrom(1, null, "x\\", '":"', [], true),
      fc.array(tie("value"), { maxLength: 3 }),
      fc.array(fc.tuple(key, tie("value")), { maxLength: 5 }).map((members) => Object.fromEntries(members)),
    ),
  })).value;
  const spell = (value: unknown, odd: boolean): string => {
    if (Array.isArray(value)) return `[${value.map((item) => spell(item, odd)).join(",")}]`;
    if (typeof value !== "object" || value === null) return JSON.stringify(value);
    const members = Object.entries(value).map(([name, member], i) =>
      `${odd || i % 2 ? `"${escapeAll(name)}"` : JSON.stringify(name)} : ${spell(member, odd)}`
    );
    return `{${members.join(",")}}`;
  };
  fc.assert(
    fc.property(values, (value) => {
      const text = canonicalize(value as never);
      assert.equal(canonicalize(read(spell(value, true))), text);
      assert.equal(canonicalize(read(spell(value, false))), text);
    }),
    { numRuns: 1500 },
  );
});

Deno.test("readJson() lets the last of equal keys count, however they are spelled", () => {
  assert.deepEqual(read(String.raw`{"a":1,"\u0061":2,"a":3}`), { a: 3 });
  assert.deepEqual(read(String.raw`{"\u0061":1,"a":2,"\u0061":3}`), { a: 3 });
  assert.deepEqual(read(String.raw`{"\n":1,"\u000a":2,"#0":3}`), { "\n": 2, "#0": 3 });
  assert.deepEqual(read(String.raw`{"\n":1,"#0":3,"#1":{"\"":{"#2":4}}}`), {
    "\n": 1,
    "#0": 3,
    "#1": { '"': { "#2": 4 } },
  });
});

Deno.test("readJson() keeps the order of members and the name __proto__", () => {
  assert.deepEqual(keysOf(String.raw`{"z":1,"\n":2,"\u0062":3,"\\":4,"a":5}`), ["z", "\n", "b", "\\", "a"]);
  const value = readJsonObject(String.raw`{"\n":1,"\u005f_proto__":{"x":1},"\t":{"__proto__":2}}`, { what });
  assert.deepEqual(Object.keys(value), ["\n", "__proto__", "\t"]);
  assert.equal(Object.getPrototypeOf(value), Object.prototype);
  assert.deepEqual(Object.keys(value["\t"] as object), ["__proto__"]);
});

Deno.test("isIntegerLiteral() holds for members beside escaped keys", () => {
  const value = readJsonObject(String.raw`{"\n":1,"n":1.0,"\u006d":2.0,"i":1,"o":{"\"":0,"n":1e0}}`, {
    what,
  });
  assert.deepEqual(["n", "m", "i"].map((member) => isIntegerLiteral(value, member)), [false, false, true]);
  assert.equal(isIntegerLiteral(value["o"] as object, "n"), false);
});

Deno.test("spellKeysPlainly() leaves a text alone that has no escaped key", () => {
  for (const text of ["1", "{}", '{"a":"\\n"}', String.raw`["\"a\":",{"b":"\\"}]`, String.raw`"\u0061"`]) {
    assert.equal(spellKeysPlainly(text), undefined);
  }
  assert.deepEqual(spellKeysPlainly(String.raw`{"\u0061" :"\u0062","\n":{"#0":1}}`), {
    text: String.raw`{"a" :"\u0062","#1":{"#0":1}}`,
    names: new Map([["#1", "\n"]]),
  });
});

Deno.test("restoreNames() leaves objects without such keys as they are", () => {
  const value = { a: [{ "#0": 1 }, { b: 2 }] };
  restoreNames(value, new Map([["#0", '"']]));
  assert.deepEqual(value, { a: [{ '"': 1 }, { b: 2 }] });
});

Deno.test("readJson() takes linear time for many escaped keys", () => {
  const members = Array.from({ length: 100_000 }, (_, i) => `"#${i}":0,"\\n${i}":1`);
  assert.equal(Object.keys(readJsonObject(`{${members.join(",")}}`, { what })).length, 200_000);
});
