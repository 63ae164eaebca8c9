/**
 * Inflate a small raw deflate stream (RFC 1951) in one go. The stream class of the platform takes 4 ms to start,
 * which is a third of a whole verification; this takes none, and unlike the platform's it notices a stream that
 * ends early or goes on behind its end. For large entries the platform's is faster.
 *
 * @param size declared size in bytes; not one byte more is ever written
 * @returns the content, or `undefined` when the stream is damaged or has another length
 */
export function inflateSmall(packed: Uint8Array, size: number): Uint8Array<ArrayBuffer> | undefined {
  const out = new Uint8Array(size);
  let written = 0;
  let at = 0; // next input byte
  let bits = 0; // bits read but not used yet, lowest first
  let count = 0;

  function take(wanted: number): number {
    while (count < wanted) {
      if (at >= packed.length) return -1;
      bits |= packed[at++]! << count;
      count += 8;
    }
    const value = bits & ((1 << wanted) - 1);
    bits >>>= wanted;
    count -= wanted;
    return value;
  }

  /** Read one symbol of a canonical Huffman code, bit by bit (RFC 1951 section 3.2.2). */
  function symbol({ counts, symbols }: Code): number {
    let code = 0;
    let first = 0;
    let index = 0;
    for (let length = 1; length < 16; length++) {
      const bit = take(1);
      if (bit < 0) return -1;
      code |= bit;
      const many = counts[length]!;
      if (code - first < many) return symbols[index + code - first]!;
      index += many;
      first = (first + many) << 1;
      code <<= 1;
    }
    return -1;
  }

  function stored(): boolean {
    bits = count = 0; // the rest of the byte is padding
    if (at + 4 > packed.length) return false;
    const length = packed[at]! | packed[at + 1]! << 8;
    const check = packed[at + 2]! | packed[at + 3]! << 8;
    at += 4;
    if ((length ^ check) !== 0xffff || at + length > packed.length || written + length > size) return false;
    out.set(packed.subarray(at, at + length), written);
    at += length;
    written += length;
    return true;
  }

  function compressed(literals: Code, distances: Code): boolean {
    for (;;) {
      const value = symbol(literals);
      if (value < 0) return false;
      if (value < 256) {
        if (written >= size) return false;
        out[written++] = value;
        continue;
      }
      if (value === 256) return true;
      const base = LENGTH_BASE[value - 257];
      const more = base === undefined ? -1 : take(LENGTH_EXTRA[value - 257]!);
      const far = symbol(distances);
      const farBase = DISTANCE_BASE[far];
      const farMore = farBase === undefined ? -1 : take(DISTANCE_EXTRA[far]!);
      if (more < 0 || farMore < 0) return false;
      const length = base! + more;
      const distance = farBase! + farMore;
      if (distance > written || written + length > size) return false;
      for (const end = written + length; written < end; written++) out[written] = out[written - distance]!;
    }
  }

  function dynamic(): boolean {
    const [literals, distances, codes] = [take(5) + 257, take(5) + 1, take(4) + 4];
    if (literals < 257 || distances < 1 || codes < 4 || literals > 286 || distances > 30) return false;
    const lengths = new Uint8Array(19);
    for (let i = 0; i < codes; i++) {
      const length = take(3);
      if (length < 0) return false;
      lengths[CODE_ORDER[i]!] = length;
    }
    const code = makeCode(lengths);
    if (!code) return false;
    const all = new Uint8Array(literals + distances);
    for (let i = 0; i < all.length;) {
      const value = symbol(code);
      if (value < 0) return false;
      if (value < 16) {
        all[i++] = value;
        continue;
      }
      if (value === 16 && i === 0) return false;
      const previous = value === 16 ? all[i - 1]! : 0;
      const more = value === 16 ? take(2) : value === 17 ? take(3) : take(7);
      const repeat = more + (value === 18 ? 11 : 3);
      if (more < 0 || i + repeat > all.length) return false;
      all.fill(previous, i, i + repeat);
      i += repeat;
    }
    const [literalCode, distanceCode] = [
      makeCode(all.subarray(0, literals)),
      makeCode(all.subarray(literals)),
    ];
    return all[256] !== 0 && literalCode !== undefined && distanceCode !== undefined &&
      compressed(literalCode, distanceCode);
  }

  for (let last = 0; last === 0;) {
    last = take(1);
    const type = take(2);
    const read = type === 0 ? stored() : type === 1 ? compressed(...fixedCodes()) : type === 2 && dynamic();
    if (last < 0 || !read) return undefined;
  }
  // INVARIANT: the stream fills its entry, to the last byte.
  return written === size && at === packed.length ? out : undefined;
}

/** A canonical Huffman code: how many symbols have each length, and the symbols in the order of their codes. */
interface Code {
  readonly counts: Uint16Array;
  readonly symbols: Uint16Array;
}

/** The code that these lengths describe; `undefined` when they give more codes than there are. */
function makeCode(lengths: Uint8Array): Code | undefined {
  const counts = new Uint16Array(16);
  for (const length of lengths) counts[length]!++;
  counts[0] = 0;
  let left = 1;
  const offsets = new Uint16Array(16);
  for (let length = 1; length < 16; length++) {
    left = (left << 1) - counts[length]!;
    if (left < 0) return undefined;
    if (length < 15) offsets[length + 1] = offsets[length]! + counts[length]!;
  }
  const symbols = new Uint16Array(lengths.length);
  lengths.forEach((length, value) => {
    if (length > 0) symbols[offsets[length]!++] = value;
  });
  return { counts, symbols };
}

let fixed: [Code, Code] | undefined;

/** The codes that need no description (RFC 1951 section 3.2.6). */
function fixedCodes(): [Code, Code] {
  return fixed ??= [
    makeCode(Uint8Array.from({ length: 288 }, (_, i) => i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8))!,
    makeCode(new Uint8Array(30).fill(5))!,
  ];
}

/** RFC 1951 section 3.2.5: base values and extra bits of lengths and distances. */
const LENGTH_BASE = [
  3,
  4,
  5,
  6,
  7,
  8,
  9,
  10,
  11,
  13,
  15,
  17,
  19,
  23,
  27,
  31,
  35,
  43,
  51,
  59,
  67,
  83,
  99,
  115,
  131,
  163,
  195,
  227,
  258,
];
const LENGTH_EXTRA = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
const DISTANCE_EXTRA = Array.from({ length: 30 }, (_, i) => Math.max(0, (i >> 1) - 1));
const DISTANCE_BASE = DISTANCE_EXTRA.map((_, i) =>
  DISTANCE_EXTRA.slice(0, i).reduce((base, extra) => base + (1 << extra), 1)
);

/** Order in which the lengths of the code length code are given. */
const CODE_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
