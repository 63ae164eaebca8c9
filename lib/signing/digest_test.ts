import assert from "node:assert/strict";
import { utf8 } from "../formats/bytes.ts";
import {
  digestOf,
  EMPTY_DIGEST,
  equalDigests,
  equalHex,
  hasherFor,
  isHexDigest,
  sha256,
  sha256OfChunks,
  STREAM_BYTES,
} from "./digest.ts";

Deno.test("sha256() and digestOf() give the vectors of docs/spec/core.md section 1", async () => {
  assert.equal(await sha256(utf8("")), EMPTY_DIGEST);
  assert.equal(await digestOf({}), "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a");
  assert.equal(await digestOf({ a: 1 }), "015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862");
  // FIPS 180-4 example
  assert.equal(await sha256(utf8("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
});

Deno.test("hasherFor() gives the same digests for few and for many inputs", async () => {
  for (const count of [0, 1, 999, 1000, 1_000_000]) {
    const hash = await hasherFor(count);
    assert.equal(await hash(utf8("abc")), await sha256(utf8("abc")));
    assert.equal(await hash(utf8("")), EMPTY_DIGEST);
  }
});

Deno.test("sha256OfChunks() gives the digest of the whole, as one piece and as a stream", async () => {
  for (const size of [0, 1, STREAM_BYTES, STREAM_BYTES + 1]) {
    const whole = new Uint8Array(size).map((_, i) => i * 7);
    const pieces = async function* () {
      for (let at = 0; at < size; at += 1_000_003) {
        yield await Promise.resolve(whole.subarray(at, at + 1_000_003));
      }
    };
    assert.equal(await sha256OfChunks(pieces(), size), await sha256(whole));
  }
});

Deno.test("equalHex() ignores case, and nothing else", async () => {
  const digest = await sha256(utf8("abc"));
  assert.equal(equalHex(digest, digest.toUpperCase()), true);
  for (let i = 0; i < digest.length; i++) {
    const other = digest.slice(0, i) + (digest[i] === "0" ? "1" : "0") + digest.slice(i + 1);
    assert.equal(equalHex(digest, other), false);
  }
  for (const other of ["", digest.slice(1), digest + "0", ` ${digest}`]) {
    assert.equal(equalHex(digest, other), false);
  }
});

Deno.test("equalDigests() compares with case", () => {
  const digest = "ab".repeat(32);
  assert.equal(equalDigests(digest, digest), true);
  assert.equal(equalDigests("", ""), true);
  for (const other of ["", digest.toUpperCase(), digest.slice(1), digest + "0", "b" + digest.slice(1)]) {
    assert.equal(equalDigests(digest, other), false);
  }
});

Deno.test("isHexDigest() accepts 64 hex digits of either case", () => {
  assert.equal(isHexDigest("aB".repeat(32)), true);
  for (
    const text of [
      "",
      "a".repeat(63),
      "a".repeat(65),
      "g" + "a".repeat(63),
      "a".repeat(64) + "\n",
      "sha256:" + "a".repeat(64),
    ]
  ) {
    assert.equal(isHexDigest(text), false);
  }
});
