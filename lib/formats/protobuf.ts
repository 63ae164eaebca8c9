import { invalidInput } from "../errors/mod.ts";
import { decodeUtf8Strict } from "./bytes.ts";

/** One field of a message: its number and its value on the wire. */
export type ProtobufField =
  | { readonly number: number; readonly wire: "varint"; readonly value: bigint }
  | { readonly number: number; readonly wire: "fixed64" | "fixed32"; readonly value: bigint }
  | { readonly number: number; readonly wire: "bytes"; readonly value: Uint8Array };

const MAX_FIELD = 2 ** 29 - 1;

/**
 * The fields of a message in the encoding of Protocol Buffers, in order. Lengths are checked against what is there,
 * so nothing is allocated that the input merely claims; groups, which no current schema has, are refused.
 *
 * @param what names the message in errors
 * @throws {GaitError} `invalid_input` where the bytes are no message
 */
export function* readProtobuf(bytes: Uint8Array, what: string): Generator<ProtobufField> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  const fault = (reason: string) => invalidInput(`Cannot read ${what}: ${reason} at byte ${at}`);

  function varint(): bigint {
    let value = 0n;
    let small = 0;
    for (let i = 0; i < 10; i++) {
      const byte = bytes[at + i];
      if (byte === undefined) throw fault("a number breaks off");
      // The first four groups fit a small integer, which is much faster than a big one.
      if (i < 4) small |= (byte & 0x7f) << (7 * i);
      else value |= BigInt(byte & 0x7f) << BigInt(7 * i);
      if (byte < 0x80) {
        value |= BigInt(small);
        if (value > MAX_VARINT) break;
        at += i + 1;
        return value;
      }
    }
    throw fault("a number is longer than 64 bits");
  }

  function take(size: number): number {
    if (size > bytes.length - at) throw fault("a field is longer than its message");
    const start = at;
    at += size;
    return start;
  }

  while (at < bytes.length) {
    const key = varint();
    const number = Number(key >> 3n);
    if (number === 0 || number > MAX_FIELD) throw fault("a field has an impossible number");
    switch (Number(key & 7n)) {
      case 0:
        yield { number, wire: "varint", value: varint() };
        break;
      case 1:
        yield { number, wire: "fixed64", value: view.getBigUint64(take(8), true) };
        break;
      case 2: {
        const size = varint();
        if (size > BigInt(bytes.length)) throw fault("a field is longer than its message");
        const start = take(Number(size));
        yield { number, wire: "bytes", value: bytes.subarray(start, at) };
        break;
      }
      case 5:
        yield { number, wire: "fixed32", value: BigInt(view.getUint32(take(4), true)) };
        break;
      default:
        throw fault("a field has a type that is not known");
    }
  }
}

const MAX_VARINT = 2n ** 64n - 1n;

/** The text of a field. @throws {GaitError} `invalid_input` when it is no UTF-8 */
export function protobufText(bytes: Uint8Array, what: string): string {
  const text = decodeUtf8Strict(bytes);
  if (text === undefined) throw invalidInput(`Cannot read ${what}: a text is no UTF-8`);
  return text;
}

/** A varint as a signed number of 64 bits. */
export const signed64 = (value: bigint): bigint => BigInt.asIntN(64, value);

/** The bits of a fixed64 as a double. */
export function doubleOf(bits: bigint): number {
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, bits);
  return view.getFloat64(0);
}
