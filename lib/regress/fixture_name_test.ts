import assert from "node:assert/strict";
import fc from "fast-check";
import {
  checkConfigName,
  checkFixtureName,
  deriveFixtureName,
  isFixtureName,
  MAX_NAME_LENGTH,
} from "./fixture_name.ts";

const refused = (step: () => void) => assert.throws(step, { code: "invalid_input" });

Deno.test("deriveFixtureName() follows the rules of the contract", () => {
  const names = {
    run_orders_01: "run_orders_01",
    "Run Orders/01": "run-orders-01",
    "..a..": "a",
    "-_.x.1_-": "x.1",
    "a - b": "a---b",
    "äöü": "fixture",
    "": "fixture",
    "a:::b": "a-b",
  };
  for (const [runId, name] of Object.entries(names)) assert.equal(deriveFixtureName(runId), name, runId);
});

Deno.test("deriveFixtureName() always gives a name that can be used, unless it is too long", () => {
  fc.assert(fc.property(fc.string({ unit: "grapheme" }), (runId) => {
    const name = deriveFixtureName(runId);
    assert.match(name, /^[a-z0-9]([a-z0-9._-]*[a-z0-9])?$/);
    assert.equal(deriveFixtureName(name), name);
  }));
  for (const runId of ["con", "NUL", "aux.1", "com3."]) {
    checkFixtureName(deriveFixtureName(runId));
    checkConfigName(deriveFixtureName(runId));
  }
});

Deno.test("checkFixtureName() refuses an invalid folder name", () => {
  for (
    const name of [
      "",
      "Upper",
      "-x",
      ".x",
      "_x",
      "a b",
      "a/b",
      "a\\b",
      "..",
      "a\n",
      "ä",
      "a.",
      "con",
      "nul.zip",
    ]
  ) {
    refused(() => checkFixtureName(name));
    assert.equal(isFixtureName(name), false);
  }
  checkFixtureName("ok-1.2_z");
});

Deno.test("what checkFixtureName() accepts can be read from a config again", () => {
  const letters = fc.constantFrom(..."conaulp1.-_");
  fc.assert(fc.property(fc.string({ unit: letters, minLength: 1, maxLength: 5 }), (name) => {
    if (isFixtureName(name)) checkConfigName(name);
  }));
});

Deno.test("checkFixtureName() takes the longest name and refuses one more", () => {
  checkFixtureName("a".repeat(MAX_NAME_LENGTH));
  refused(() => checkFixtureName("a".repeat(MAX_NAME_LENGTH + 1)));
});

Deno.test("checkConfigName() refuses paths, blanks and controls", () => {
  for (const name of ["", " ", "a/b", "a\\b", ".", "..", "a\u0000", "a\u0085b"]) {
    refused(() => checkConfigName(name));
  }
  for (const name of ["Upper case", "a..b", "ä"]) checkConfigName(name);
});

Deno.test("checkConfigName() refuses a drive letter and the name of a device", () => {
  for (const name of ["C:x", "NUL", "con.json", "lpt1"]) {
    assert.throws(() => checkConfigName(name), { code: "invalid_input" });
  }
});
