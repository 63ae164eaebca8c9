import assert from "node:assert/strict";
import { inflateRawSync } from "node:zlib";
import { concat, hex, utf8 } from "../bytes.ts";
import { inflateSmall } from "./inflate_small.ts";
import { storedBlocks } from "./stored.ts";

Deno.test("storedBlocks() holds its content, by zlib and by our own reader, at the edges of blocks, too", () => {
  for (const length of [0, 1, 2, 32768, 65534, 65535, 65536, 131070, 131071]) {
    const content = Uint8Array.from({ length }, (_, i) => (i * i >> 5) & 0xff);
    const packed = concat([...storedBlocks([content], length)]);
    assert.deepEqual(Uint8Array.from(inflateRawSync(packed)), content, `${length} bytes`);
    assert.deepEqual(inflateSmall(packed, length), content, `${length} bytes`);
    for (const at of [0, 1, 65534, 65535, 65536, length]) {
      const pieces = [content.subarray(0, at), new Uint8Array(), content.subarray(at)];
      assert.deepEqual(concat([...storedBlocks(pieces, length)]), packed, `${length} bytes, cut at ${at}`);
    }
  }
});

Deno.test("storedBlocks() gives these bytes, for ever", () => {
  assert.equal(hex(concat([...storedBlocks([utf8("abc")], 3)])), "010300fcff616263");
  assert.equal(hex(concat([...storedBlocks([], 0)])), "010000ffff");
});
