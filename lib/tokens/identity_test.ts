import assert from "node:assert/strict";
import fc from "fast-check";
import { demandIdentity } from "./identity.ts";

Deno.test("demandIdentity() takes names of every script, and trims the usual space", () => {
  for (
    const name of ["dana", "Dana Scully", "o'neil+ops@example.org", "Žofie", "李雷", "علي", "team/ops-7"]
  ) {
    assert.equal(demandIdentity(` ${name} `, "--approver"), name);
  }
});

Deno.test("demandIdentity() refuses what nobody sees, wherever it stands, and no name at all", () => {
  const unseen = [
    0x00,
    0x07,
    0x09,
    0x0a,
    0x1b,
    0x7f,
    0x85,
    0xa0,
    0xad,
    0x034f,
    0x061c,
    0x115f,
    0x17b4,
    0x180e,
  ];
  unseen.push(0x200b, 0x200d, 0x200f, 0x2028, 0x202e, 0x2060, 0x2066, 0x2800, 0x3164, 0xd800, 0xfe0f, 0xfeff);
  unseen.push(0xffa0, 0xe000, 0xe0041, 0x1d173);
  for (const code of unseen) {
    const char = String.fromCodePoint(code);
    for (const text of [`da${char}na`, `${char}dana`, `dana${char}`]) {
      assert.throws(() => demandIdentity(text, "--approver"), { code: "invalid_input" }, code.toString(16));
    }
  }
  for (const text of ["", " ", "  "]) {
    assert.throws(() => demandIdentity(text, "--approver"), { code: "invalid_input" });
  }
});

Deno.test("demandIdentity() gives back only what it was given", () => {
  fc.assert(fc.property(fc.string({ unit: "grapheme" }), (text) => {
    try {
      assert.ok(text.includes(demandIdentity(text, "--approver")));
    } catch (error) {
      assert.equal((error as { code: string }).code, "invalid_input");
    }
  }));
});
