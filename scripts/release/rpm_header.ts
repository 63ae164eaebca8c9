/** The header of an rpm package: typed values behind an index of tags (rpm's "RPM v4 Package Format"). */
import { concat, utf8 } from "../../lib/formats/bytes.ts";

/** A value by its type. Numbers and texts that are several are lists. */
export type HeaderValue =
  | { readonly int16: readonly number[] }
  | { readonly int32: readonly number[] }
  | { readonly text: string }
  | { readonly texts: readonly string[] }
  /** A text in the languages of tag 100. */
  | { readonly translated: string };

/** Numbers of the types in the index. */
const TYPES = { int16: 3, int32: 4, text: 6, bytes: 7, texts: 8, translated: 9 } as const;

/** A header with a region that spans all of it, as rpm has written since its fourth version. */
export function rpmHeader(region: number, values: ReadonlyMap<number, HeaderValue>): Uint8Array<ArrayBuffer> {
  const sorted = [...values].sort(([left], [right]) => left - right);
  const index: number[] = [];
  const store: Uint8Array[] = [];
  let size = 0;
  const put = (bytes: Uint8Array) => {
    store.push(bytes);
    size += bytes.length;
  };
  for (const [tag, value] of sorted) {
    const { type, count, bytes, alignment } = encoded(value);
    put(new Uint8Array((alignment - size % alignment) % alignment));
    index.push(tag, TYPES[type], size, count);
    put(bytes);
  }
  const entries = sorted.length + 1;
  const first = [region, TYPES.bytes, size, 16];
  put(int32([region, TYPES.bytes, -16 * entries, 16]));
  const head = [
    new Uint8Array([0x8e, 0xad, 0xe8, 1, 0, 0, 0, 0]),
    int32([entries, size, ...first, ...index]),
  ];
  return concat([...head, ...store]);
}

function encoded(value: HeaderValue) {
  if ("int16" in value) {
    return { type: "int16", count: value.int16.length, bytes: int16(value.int16), alignment: 2 } as const;
  }
  if ("int32" in value) {
    return { type: "int32", count: value.int32.length, bytes: int32(value.int32), alignment: 4 } as const;
  }
  if ("text" in value) return { type: "text", count: 1, bytes: texts([value.text]), alignment: 1 } as const;
  if ("texts" in value) {
    return { type: "texts", count: value.texts.length, bytes: texts(value.texts), alignment: 1 } as const;
  }
  return { type: "translated", count: 1, bytes: texts([value.translated]), alignment: 1 } as const;
}

function texts(values: readonly string[]): Uint8Array {
  return utf8(values.map((value) => `${value}\0`).join(""));
}

function int16(values: readonly number[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(2 * values.length));
  for (const [i, value] of values.entries()) view.setUint16(2 * i, value);
  return new Uint8Array(view.buffer);
}

function int32(values: readonly number[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(4 * values.length));
  for (const [i, value] of values.entries()) view.setInt32(4 * i, value);
  return new Uint8Array(view.buffer);
}
