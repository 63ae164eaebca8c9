import assert from "node:assert/strict";
import { utf8 } from "../formats/bytes.ts";
import { FIRST_DIGEST, nextDigest } from "./line_chain.ts";
import { sha256 } from "./digest.ts";

Deno.test("nextDigest() hashes whatever a file names as the digest before, a newline, and the line", async () => {
  const odd = [
    "",
    "x",
    "é".repeat(32),
    "é".repeat(64),
    "a".repeat(65),
    "\u{1f600}".repeat(16),
    "a".repeat(63) + "é",
  ];
  for (const before of [FIRST_DIGEST, ...odd]) {
    for (const line of ["", "{}", "東京"]) {
      assert.equal(await nextDigest(before, utf8(line), sha256), await sha256(`${before}\n${line}`), before);
    }
  }
});
