import assert from "node:assert/strict";
import { constants, deflateRawSync, inflateRawSync } from "node:zlib";
import fc from "fast-check";
import { concat, equalBytes, fromHex, utf8 } from "../bytes.ts";
import { INFLATED_PIECE, inflatePieces, inflateSmall } from "./inflate_small.ts";

/** What zlib makes of a stream that must end with its last byte; `undefined` when it refuses. */
function byZlib(packed: Uint8Array): Uint8Array | undefined {
  try {
    const { buffer, engine } = inflateRawSync(packed, { info: true }) as unknown as {
      buffer: Uint8Array;
      engine: { bytesWritten: number };
    };
    return engine.bytesWritten === packed.length ? Uint8Array.from(buffer) : undefined;
  } catch {
    return undefined;
  }
}

/** Contents that make compressors use all their means: runs, far repeats, noise, text. */
const contents = fc.array(
  fc.oneof(
    fc.uint8Array({ maxLength: 60 }),
    fc.tuple(fc.integer({ min: 0, max: 255 }), fc.integer({ min: 1, max: 600 })).map(([byte, n]) =>
      new Uint8Array(n).fill(byte)
    ),
    fc.lorem({ maxCount: 20 }).map((text) => utf8(text)),
  ),
  { maxLength: 12 },
).map((parts) => Uint8Array.from([...parts, ...parts].flatMap((part) => [...part])));

const options = fc.record({
  level: fc.integer({ min: 0, max: 9 }),
  strategy: fc.constantFrom(
    constants.Z_DEFAULT_STRATEGY,
    constants.Z_FILTERED,
    constants.Z_HUFFMAN_ONLY,
    constants.Z_RLE,
    constants.Z_FIXED,
  ),
  memLevel: fc.integer({ min: 1, max: 9 }),
});

Deno.test("inflateSmall() unfolds what zlib packed, at every level and by every strategy", () => {
  fc.assert(
    fc.property(contents, options, (content, how) => {
      const packed = deflateRawSync(content, how);
      assert.deepEqual(inflateSmall(packed, content.length), content);
      assert.equal(inflateSmall(packed, content.length + 1), undefined);
      if (content.length > 0) assert.equal(inflateSmall(packed, content.length - 1), undefined);
    }),
    { numRuns: 400 },
  );
});

Deno.test("inflateSmall() reaches back as far as zlib ever does", () => {
  const noise = crypto.getRandomValues(new Uint8Array(32768 - 262));
  const content = Uint8Array.from([...noise, ...noise]);
  const packed = deflateRawSync(content, { level: 9, memLevel: 9 });
  assert.ok(packed.length < 40_000, "the second half must be a repeat of the first");
  assert.ok(equalBytes(inflateSmall(packed, content.length)!, content));
});

Deno.test("inflateSmall() never gives other content than zlib for a mutated stream", () => {
  let refused = 0;
  let changedContent = 0;
  const change = fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 }));
  fc.assert(
    fc.property(
      contents,
      options,
      fc.array(change, { minLength: 1, maxLength: 3 }),
      fc.nat(200),
      (content, how, changes, cut) => {
        let packed = Uint8Array.from(deflateRawSync(content, how));
        for (const [at, value] of changes) packed[at % packed.length] = value;
        if (cut < 20) packed = packed.slice(0, packed.length - cut);
        const theirs = byZlib(packed);
        if (theirs) {
          // Ours also refuses padding that is not zero, which zlib does not look at.
          const ours = inflateSmall(packed, theirs.length);
          if (ours === undefined) return;
          assert.deepEqual(ours, theirs);
          changedContent++;
        } else {
          // zlib also refuses incomplete codes that the stream never uses; what it refuses may unfold to anything, but
          // then the checksum of the entry has the last word. It must end, and stay within the size.
          const ours = inflateSmall(packed, content.length);
          assert.ok(ours === undefined || ours.length === content.length);
          refused++;
        }
      },
    ),
    { numRuns: 2000 },
  );
  assert.ok(refused > 100 && changedContent > 100);
});

Deno.test("inflateSmall() refuses a stream that ends early or goes on behind its end", () => {
  const content = utf8("abcabcabcabc".repeat(20));
  for (const level of [0, 6]) {
    const packed = deflateRawSync(content, { level });
    for (let length = 0; length < packed.length; length++) {
      assert.equal(inflateSmall(packed.subarray(0, length), content.length), undefined);
    }
    assert.equal(inflateSmall(Uint8Array.from([...packed, 0]), content.length), undefined);
  }
});

Deno.test("inflateSmall() refuses padding that is not zero, at the end and before stored bytes", () => {
  const content = utf8("abcabcabcabc".repeat(20));
  const packed = Uint8Array.from(deflateRawSync(content, { level: 9 }));
  const padded = Array.from({ length: 8 }, (_, bit) => {
    const changed = packed.slice();
    changed[changed.length - 1]! ^= 1 << bit;
    return changed;
  }).filter((changed) => equalBytes(byZlib(changed) ?? new Uint8Array(), content));
  assert.ok(padded.length > 0, "the last byte must have bits to spare");
  for (const changed of padded) assert.equal(inflateSmall(changed, content.length), undefined);
  const stored = Uint8Array.from(deflateRawSync(content, { level: 0 }));
  assert.deepEqual(inflateSmall(stored, content.length), content);
  stored[0]! |= 0x08;
  assert.deepEqual(byZlib(stored), content);
  assert.equal(inflateSmall(stored, content.length), undefined);
});

Deno.test("inflateSmall() refuses what RFC 1951 does not allow", () => {
  const bad: Record<string, string> = {
    "nothing": "",
    "reserved block type": "07",
    "stored block whose lengths disagree": "010100ffff00",
    "stored block that is too short": "010500faff0102",
    "fixed block without end": "4b",
    "distance before the start": "030200",
    "length symbol 286": "1b03",
    "too many literal codes": "fdff0300",
    "code lengths that begin with a repeat": "0580000000200000",
  };
  for (const [what, hex] of Object.entries(bad)) {
    const packed = fromHex(hex)!;
    assert.equal(byZlib(packed), undefined, `${what}: zlib must refuse it too`);
    for (const size of [0, 1, 2, 3, 258]) assert.equal(inflateSmall(packed, size), undefined, what);
  }
});

Deno.test("inflateSmall() reads empty content in all forms", () => {
  for (const hex of ["0300", "010000ffff", "000000ffff0300", "000000ffff010000ffff"]) {
    assert.deepEqual(inflateSmall(fromHex(hex)!, 0), new Uint8Array(), hex);
    assert.equal(inflateSmall(fromHex(hex)!, 1), undefined);
  }
});

Deno.test("inflateSmall() throws for no bytes whatever, and ends", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), fc.integer({ min: 0, max: 65536 }), (bytes, size) => {
      const content = inflateSmall(bytes, size);
      assert.ok(content === undefined || content.length === size);
    }),
    { numRuns: 3000 },
  );
});

/** What the pieces come to; `undefined` when the stream is refused at its end. */
function inPieces(packed: Uint8Array, size: number): Uint8Array | undefined {
  const pieces: Uint8Array[] = [];
  const steps = inflatePieces(packed, size);
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value ? concat(pieces) : undefined;
    pieces.push(value);
  }
}

Deno.test("inflatePieces() gives what inflateSmall() gives, however long the content and however it was packed", () => {
  // Contents whose pieces end inside matches, between literals and inside stored blocks.
  const long = fc.tuple(contents, fc.integer({ min: 1, max: 40 }), fc.uint8Array({ maxLength: 40 }))
    .map(([content, times, seed]) =>
      Uint8Array.from(
        { length: (content.length + 1) * times * 300 % 900_000 },
        (_, i) => (content[i % (content.length || 1)] ?? 7) ^ (seed[i >> 15] ?? 0),
      )
    );
  fc.assert(
    fc.property(long, options, (content, how) => {
      const packed = deflateRawSync(content, how);
      assert.ok(equalBytes(inPieces(packed, content.length)!, content));
      assert.equal(inPieces(packed, content.length + 1), undefined);
      if (content.length > 0) assert.equal(inPieces(packed, content.length - 1), undefined);
      if (packed.length > 2) assert.equal(inPieces(packed.subarray(0, -1), content.length), undefined);
      assert.equal(inPieces(Uint8Array.from([...packed, 0]), content.length), undefined);
    }),
    { numRuns: 60 },
  );
});

Deno.test("inflatePieces() hands out small pieces of a bomb, each of its own, and not a byte more than declared", () => {
  const size = 20 * INFLATED_PIECE;
  const packed = deflateRawSync(new Uint8Array(size).fill(7));
  const pieces = [...inflatePieces(packed, size)];
  assert.equal(pieces.reduce((sum, { length }) => sum + length, 0), size);
  assert.ok(pieces.every((piece) => piece.length <= INFLATED_PIECE + (1 << 15)));
  assert.ok(pieces.every((piece) => piece.every((byte) => byte === 7)), "no piece is written over");
  let given = 0;
  for (const { length } of inflatePieces(packed, 1000)) given += length;
  assert.equal(given, 0);
});

Deno.test("inflatePieces() reaches back over the border of a piece as far as deflate does", () => {
  const noise = crypto.getRandomValues(new Uint8Array(32768 - 262));
  const content = concat(Array(20).fill(noise));
  const packed = deflateRawSync(content, { level: 9, memLevel: 9 });
  assert.ok(packed.length < 60_000, "the rest must be repeats");
  assert.ok(equalBytes(inPieces(packed, content.length)!, content));
});
