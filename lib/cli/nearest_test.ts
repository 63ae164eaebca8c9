import assert from "node:assert/strict";
import { FAKE_TABLE } from "../../tests/support/fake_cli.ts";
import { nearestCommand } from "./nearest.ts";

Deno.test("nearestCommand() looks at several words, at groups, and at last words", () => {
  const cases: [string[], string | undefined][] = [
    [["verfy"], "verify"],
    [["run", "recrod"], "run record"],
    [["rum", "record", "a.json"], "run record"],
    [["keys", "trust", "ad"], "keys trust add"],
    [["kes"], "keys"],
    [["record"], "run record"],
    [["frobnicate", "run"], undefined],
    [[], undefined],
  ];
  for (const [words, expected] of cases) {
    assert.equal(nearestCommand(words, FAKE_TABLE), expected, words.join(" "));
  }
});
