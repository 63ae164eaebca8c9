import assert from "node:assert/strict";
import fc from "fast-check";
import {
  base64,
  compareBytewise,
  concat,
  decodeUtf8,
  decodeUtf8Strict,
  equalBytes,
  fromBase64,
  fromHex,
  hex,
  hexByHand,
  uniqueSorted,
  utf8,
} from "./bytes.ts";

/** UTF-8 by the definition: a code point, then the check that it needs that many bytes and may be encoded. */
function slowDecode(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length;) {
    const [point, length] = slowPoint([...bytes.subarray(at, at + 4)]);
    text += point === undefined ? "\ufffd" : String.fromCodePoint(point);
    at += length;
  }
  return text;
}

function slowPoint([first = 0, ...rest]: number[]): [number | undefined, number] {
  if (first < 0x80) return [first, 1];
  const shapes = [[0xc0, 0xe0, 0x80, 0x7ff], [0xe0, 0xf0, 0x800, 0xffff], [
    0xf0,
    0xf8,
    0x10000,
    0x10ffff,
  ]] as const;
  for (const [i, [mark, mask, lowest, highest]] of shapes.entries()) {
    if ((first & mask) !== mark) continue;
    const tail = rest.slice(0, i + 1);
    if (tail.length <= i || tail.some((byte) => (byte & 0xc0) !== 0x80)) break;
    const point = tail.reduce(
      (sum, byte) => sum * 64 + (byte & 0x3f),
      first & ~mask & 0xff,
    );
    if (point < lowest || point > highest || (point >= 0xd800 && point <= 0xdfff)) break;
    return [point, i + 2];
  }
  return [undefined, 1];
}

/** Bytes that are often almost valid UTF-8. */
const likelyBytes = fc.array(
  fc.oneof(
    fc.string({ unit: "binary", maxLength: 3 }).map((text) => [...utf8(text)]),
    fc.constantFrom(
      [0xc2],
      [0xe2, 0x82],
      [0xf0, 0x9f, 0x98],
      [0xed, 0xa0, 0x80],
      [0xf4, 0x90],
      [0xe0, 0x9f],
      [0xf8],
    ),
    fc.array(fc.integer({ min: 0x7f, max: 0xff }), { maxLength: 4 }),
  ),
  { maxLength: 8 },
).map((parts) => Uint8Array.from(parts.flat()));

Deno.test("decodeUtf8() agrees with a slow decoder, byte by bad byte", () => {
  fc.assert(
    fc.property(likelyBytes, (bytes) => {
      const text = decodeUtf8(bytes);
      assert.equal(text, slowDecode(bytes));
      assert.equal(decodeUtf8Strict(bytes), equalBytes(utf8(text), bytes) ? text : undefined);
    }),
    { numRuns: 3000 },
  );
});

Deno.test("decodeUtf8() agrees with a slow decoder on all pairs of bytes, alone and before two continuations", () => {
  for (let first = 0x80; first < 0x100; first++) {
    for (let second = 0; second < 0x100; second++) {
      for (const bytes of [[first, second], [first, second, 0x80], [first, second, 0xbf, 0x80]]) {
        const given = Uint8Array.from(bytes);
        if (decodeUtf8(given) !== slowDecode(given)) assert.fail(`differs for ${hex(given)}`);
      }
    }
  }
});

Deno.test("decodeUtf8() keeps a BOM", () => {
  assert.equal(decodeUtf8(Uint8Array.of(0xef, 0xbb, 0xbf, 0x41)), "\ufeffA");
  assert.equal(decodeUtf8(Uint8Array.of(0xef, 0xbb, 0xbf, 0xff)), "\ufeff\ufffd");
});

Deno.test("decodeUtf8() takes linear time for bad bytes", () => {
  // A decoder that asks the system once a byte needs seconds here; the test then hits the limit of the suite.
  assert.equal(decodeUtf8(new Uint8Array(4 << 20).fill(0x61).fill(0xff, 0, 1)).length, 4 << 20);
  assert.equal(decodeUtf8(new Uint8Array(1 << 20).fill(0xff)).length, 1 << 20);
});

Deno.test("hex() and fromHex() are strict inverses", () => {
  fc.assert(fc.property(fc.uint8Array(), (bytes) => {
    assert.equal(hex(bytes), hexByHand(bytes));
    assert.deepEqual(fromHex(hex(bytes)), bytes);
    assert.deepEqual(fromHex(hex(bytes).toUpperCase()), bytes);
  }));
  for (const text of ["0", "0g", " 00", "00 ", "00\n", "0x00", "é0", "00 00", "-1", "٠٠"]) {
    assert.equal(fromHex(text), undefined, JSON.stringify(text));
  }
});

Deno.test("base64() and fromBase64() are strict inverses", () => {
  fc.assert(fc.property(fc.uint8Array(), (bytes) => assert.deepEqual(fromBase64(base64(bytes)), bytes)));
  assert.equal(base64(Uint8Array.of(0xfb, 0xff)), "+/8=");
});

Deno.test("fromBase64() refuses every second spelling", () => {
  const texts = [
    "-_8=",
    "+/8",
    "+/8==",
    "+/8=\n",
    " +/8=",
    "+/8= ",
    "+/\n8=",
    "+/9=",
    "QQ=",
    "QQ",
    "QR==",
    "QQ===",
    "=",
    "==",
    "====",
    "Q===",
    "QQ=A",
    "QQ==QQ==",
    "Q Q=",
    "QQ＝＝",
    "\ufeffQQ==",
  ];
  for (const text of texts) assert.equal(fromBase64(text), undefined, JSON.stringify(text));
  assert.deepEqual(fromBase64(""), new Uint8Array());
});

Deno.test("fromBase64() accepts a text only when base64() writes it so", () => {
  const chars = fc.constantFrom(..."AQRZaz09+/=-_ \n");
  fc.assert(
    fc.property(fc.array(chars, { maxLength: 9 }).map((list) => list.join("")), (text) => {
      const bytes = fromBase64(text);
      if (bytes) assert.equal(base64(bytes), text);
    }),
    { numRuns: 2000 },
  );
});

Deno.test("compareBytewise() orders texts as their UTF-8 bytes", () => {
  const slow = (left: string, right: string) => {
    const [a, b] = [utf8(left), utf8(right)];
    for (let i = 0; i < Math.min(a.length, b.length); i++) if (a[i] !== b[i]) return Math.sign(a[i]! - b[i]!);
    return Math.sign(a.length - b.length);
  };
  const unit = fc.constantFrom(
    "a",
    "b",
    "\x7f",
    "\u0080",
    "\u07ff",
    "\u0800",
    "\ud7ff",
    "\ue000",
    "\uffff",
    "\u{10000}",
    "\u{10ffff}",
  );
  const text = fc.oneof(
    fc.array(unit, { maxLength: 4 }).map((list) => list.join("")),
    fc.string({ unit: "binary" }),
  );
  fc.assert(
    fc.property(text, text, (left, right) => {
      assert.equal(Math.sign(compareBytewise(left, right)), slow(left, right));
    }),
    { numRuns: 3000 },
  );
  assert.deepEqual(["\u{1f600}", "\uffff", "z"].sort(compareBytewise), ["z", "\uffff", "\u{1f600}"]);
});

Deno.test("uniqueSorted() trims, drops what is empty or repeated, and sorts by bytes", () => {
  assert.deepEqual(uniqueSorted([" b", "a", "", "\t", "b ", "\u{1f600}", "\uffff"]), [
    "a",
    "b",
    "\uffff",
    "\u{1f600}",
  ]);
});

Deno.test("equalBytes() compares length and every byte", () => {
  const bytes = Uint8Array.from({ length: 40 }, (_, i) => i);
  assert.equal(equalBytes(bytes, bytes.slice()), true);
  assert.equal(equalBytes(bytes, bytes.subarray(1)), false);
  for (let i = 0; i < bytes.length; i++) {
    const other = bytes.slice();
    other[i]! ^= 0x80;
    assert.equal(equalBytes(bytes, other), false);
  }
});

Deno.test("concat() joins in order", () => {
  assert.deepEqual(concat([Uint8Array.of(1), new Uint8Array(), Uint8Array.of(2, 3)]), Uint8Array.of(1, 2, 3));
});
