import assert from "node:assert/strict";
import { equalBytes, utf8 } from "./bytes.ts";
import { encodeInto, WIDEST } from "./encode_into.ts";

Deno.test("encodeInto() writes what utf8() gives, where it is told, and nothing before", () => {
  const letters = ["", "a", "\0", "\x7f", "\x80", "é", "€", "\uffff", "😀", "\ud800", "\udc00"];
  for (const length of [0, 1, 50, 255, 256, 257, 1000]) {
    for (const letter of letters) {
      const text = "x".repeat(length) + letter + "y".repeat(length % 3) + letter;
      for (const at of [0, 5]) {
        const bytes = new Uint8Array(at + WIDEST * text.length).fill(7);
        const end = encodeInto(text, bytes, at);
        assert.ok(equalBytes(bytes.subarray(at, end), utf8(text)), JSON.stringify(text));
        assert.ok(bytes.subarray(0, at).every((byte) => byte === 7));
      }
    }
  }
});
