import assert from "node:assert/strict";
import { findInNames, findInText, partsOf, readTable } from "./check_words.ts";

const TABLE = readTable(`# Glossary

## Other

| \`allow\` | not of this table |

## Not used

| not used          | instead  | except          |
| ----------------- | -------- | --------------- |
| \`desk\`, \`bench\` | terminal | \`deskPath\`    |
| \`big desk\`        | table    |                 |
`);

Deno.test("readTable() takes the rows of the section alone", () => {
  assert.deepEqual(TABLE.map(({ word, instead, except }) => [word, instead, [...except]]), [
    ["desk", "terminal", ["deskPath"]],
    ["bench", "terminal", ["deskPath"]],
    ["big desk", "table", []],
  ]);
});

Deno.test("partsOf() splits names of every case", () => {
  assert.deepEqual(partsOf("readHTTPHead"), ["read", "http", "head"]);
  assert.deepEqual(partsOf("READ_HEAD"), ["read", "head"]);
});

Deno.test("findInNames() looks at names, not at texts and comments", () => {
  const code =
    'const atDesk = 1; // desk\n/* desk\n*/ const x = "desk"; deskPath;\ntype DESK_TOP = deskless;';
  assert.deepEqual(findInNames(code, TABLE).map(({ line, found }) => [line, found]), [
    [1, "atDesk"],
    [4, "DESK_TOP"],
  ]);
});

Deno.test("findInText() finds a phrase in any text, also over the lines of a comment", () => {
  assert.deepEqual(findInText("a desk\n * the Big\n   * desk", TABLE).map(({ line }) => line), [2]);
});
