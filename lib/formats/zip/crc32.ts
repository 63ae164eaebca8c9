/** CRC-32 (IEEE 802.3, as in zip) of every byte, and of bytes that stand one to seven places before the last. */
type Tables = readonly [
  Uint32Array,
  Uint32Array,
  Uint32Array,
  Uint32Array,
  Uint32Array,
  Uint32Array,
  Uint32Array,
  Uint32Array,
];

/** Shorter inputs are processed byte by byte: building seven more tables would take longer than it saves. */
const EIGHT_A_STEP = 16 * 1024;

let first: Uint32Array | undefined;
let tables: Tables | undefined;

function firstTable(): Uint32Array {
  const table = new Uint32Array(256);
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
    table[byte] = crc;
  }
  return table;
}

function allTables(t0: Uint32Array): Tables {
  const made = [t0];
  for (let t = 1; t < 8; t++) {
    made.push(made[t - 1]!.map((previous) => (previous >>> 8) ^ t0[previous & 0xff]!));
  }
  return made as unknown as Tables;
}

/** CRC-32 of bytes; `previous` continues an earlier call. */
export function crc32(bytes: Uint8Array, previous = 0): number {
  const t0 = first ??= firstTable();
  let crc = ~previous;
  let at = 0;
  if (bytes.length >= EIGHT_A_STEP || tables !== undefined) {
    [crc, at] = eightAStep(bytes, crc, tables ??= allTables(t0));
  }
  for (; at < bytes.length; at++) crc = (crc >>> 8) ^ t0[(crc ^ bytes[at]!) & 0xff]!;
  return ~crc >>> 0;
}

/** The state after all complete groups of eight bytes, and their end. */
function eightAStep(bytes: Uint8Array, state: number, tables: Tables): [crc: number, at: number] {
  const [t0, t1, t2, t3, t4, t5, t6, t7] = tables;
  let crc = state;
  let at = 0;
  for (const end = bytes.length - 7; at < end; at += 8) {
    crc ^= bytes[at]! | bytes[at + 1]! << 8 | bytes[at + 2]! << 16 | bytes[at + 3]! << 24;
    crc = t7[crc & 0xff]! ^ t6[crc >>> 8 & 0xff]! ^ t5[crc >>> 16 & 0xff]! ^ t4[crc >>> 24]! ^
      t3[bytes[at + 4]!]! ^ t2[bytes[at + 5]!]! ^ t1[bytes[at + 6]!]! ^ t0[bytes[at + 7]!]!;
  }
  return [crc, at];
}

/** Computes the CRC-32 of bytes; `previous` continues an earlier call. */
export type Crc32 = typeof crc32;

/** From this size, loading `node:zlib` (2 ms after `node:crypto`) pays off: it is forty times faster. */
const LARGE = 8 * 1024 * 1024;

/** The fastest {@linkcode Crc32} for this many bytes. */
export async function crc32For(size: number): Promise<Crc32> {
  return size > LARGE ? (await import("./native_crc32.ts")).crc32 : crc32;
}
