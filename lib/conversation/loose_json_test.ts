import assert from "node:assert/strict";
import * as fc from "fast-check";
import { GaitError } from "../errors/mod.ts";
import { utf8 } from "../formats/bytes.ts";
import type { JsonValue } from "../formats/json/mod.ts";
import { readRoots } from "./input.ts";

const read = (text: string) => readRoots(utf8(text), "x");
const refused = (text: string, message?: RegExp) =>
  assert.throws(
    () => read(text),
    (error) =>
      error instanceof GaitError && error.code === "invalid_input" && (message?.test(error.message) ?? true),
  );

const notes = (text: string) => (read(text).notes ?? []).map(({ reason }) => reason).join("; ");

/** Documents, as the lines of a log. */
const documents = fc.array(
  fc.dictionary(
    fc.string(),
    fc.oneof(fc.string(), fc.integer(), fc.array(fc.string()), fc.constantFrom(",]", ",}", '"', "\\", "{[")),
    { noNullPrototype: true },
  ),
  { minLength: 2 },
);

const FORMS: Readonly<Record<string, (lines: readonly JsonValue[]) => string>> = {
  "documents over several lines": (all) => all.map((one) => JSON.stringify(one, null, 2)).join("\n"),
  "documents without a line break": (all) => all.map((one) => JSON.stringify(one)).join(""),
  "a comma behind every line": (all) => all.map((one) => `${JSON.stringify(one)},\n`).join(""),
  "a list without an end": (all) => `[\n${all.map((one) => JSON.stringify(one)).join(",\n")}`,
  "a list that ends with a comma": (all) => `[${all.map((one) => `${JSON.stringify(one)},`).join("")}]`,
  "an open list that ends with a comma": (all) =>
    `[${all.map((one) => `${JSON.stringify(one)},`).join("\n")}`,
  "the sequences of RFC 7464": (all) => all.map((one) => `\x1e${JSON.stringify(one)}\n`).join(""),
  "lines that are texts": (all) => all.map((one) => `${JSON.stringify(JSON.stringify(one))}\n`).join(""),
  "a list that is a text": (all) => JSON.stringify(JSON.stringify(all)),
  "a list of texts": (all) => JSON.stringify(all.map((one) => JSON.stringify(one))),
  "zeros at the end": (all) => `${all.map((one) => JSON.stringify(one)).join("\n")}\n\0\0\0`,
  "a last line that is cut off": (all) => `${all.map((one) => JSON.stringify(one)).join("\n")}\n{"a":"b`,
};

for (const [name, form] of Object.entries(FORMS)) {
  Deno.test(`readRoots() recovers every document: ${name}`, () => {
    fc.assert(fc.property(documents, (all) => {
      assert.deepEqual(read(form(all as JsonValue[])).values, all);
    }));
  });
}

Deno.test("readRoots() recovers a document with commas before brackets, and leaves texts alone", () => {
  assert.deepEqual(read('{"messages": [{"a": ",]",},],}').values, [{ messages: [{ a: ",]" }] }]);
  assert.deepEqual(read('[{"a": [1, 2,\n],},\n]').values, [{ a: [1, 2] }]);
});

Deno.test("readRoots() says what it passed over", () => {
  assert.match(notes('{"a":1,}'), /^1 × comma where JSON has none/);
  assert.match(notes('{"a":1},\n{"b":2},\n'), /^2 × comma/);
  assert.match(notes('[{"a":1},{"b":2}'), /the list in it has no end/);
  assert.match(notes('{"a":1}\n{"b":2}\n{"c'), /cut off at the end of the log; its 3 characters/);
  assert.match(notes('{"a":1}\n{"b":2}\n\0\0'), /^2 × zero behind the log/);
  assert.equal(notes('{"a":1}\n{"b":2}\n'), "");
});

Deno.test("readRoots() refuses a cut-off line that tells of a call, and names it", () => {
  for (
    const torn of [
      '{"tool_calls":[{"id"',
      '{"type":"function_call","na',
      '{"method":"tools/call',
      '[{"functionCall":{',
    ]
  ) {
    refused(`{"a":1}\n{"b":2}\n${torn}`, /line 3 is cut off/);
  }
});

Deno.test("readRoots() refuses a document that is cut off, lines that are malformed, and what stands between", () => {
  refused('{"messages":[{"role":"user"');
  refused('{"a":1}\n{"b":\n{"c":3}\n');
  refused('{"a":1}\n{"b":}\n{"c":3}\n');
  refused('{"a":1}\n{"b":2]\n{"c":3}\n');
  refused('{"a":1} and\n{"b":2}\n');
  refused('{"a":1},,\n{"b":2}\n');
  refused(',{"a":1}\n{"b":2}\n');
  refused('{"a":1,,}');
  refused('{"a":1,"a":2,}', /occurs twice/);
  refused('{"a":1},\n{"a":1,"a":2},\n', /occurs twice/);
});

Deno.test("readRoots() gives a document of a text, or refuses it, whatever brackets and commas it is made of", () => {
  const piece = fc.constantFrom(
    "{",
    "}",
    "[",
    "]",
    ",",
    '"',
    "\\",
    '"a":1',
    '"a"',
    "\n",
    " ",
    "\x1e",
    "1",
    ":",
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
      try {
        read(pieces.join(""));
      } catch (error) {
        if (!(error instanceof GaitError)) throw error;
        assert.equal(error.code, "invalid_input");
      }
    }),
    { numRuns: 500 },
  );
});

Deno.test("readLoosely() refuses a torn end in which a text calls by tags or by a block of code", () => {
  const whole = '[{"role":"user","content":"go"},{"role":"assistant","content":"hm"},';
  for (const torn of ["<read_file>\\n<path>a", "```bash\\nls"]) {
    assert.throws(
      () => readRoots(new TextEncoder().encode(`${whole}{"role":"assistant","content":"${torn}`), "x"),
      { code: "invalid_input" },
    );
  }
});
