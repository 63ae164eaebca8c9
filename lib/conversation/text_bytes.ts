import { invalidInput } from "../errors/mod.ts";
import { utf8 } from "../formats/bytes.ts";

/**
 * The bytes of a log in UTF-8, without a byte order mark, which editors on Windows write. PowerShell writes what is
 * redirected into a file as UTF-16 with such a mark.
 *
 * @throws {GaitError} `invalid_input` if it is marked as UTF-16 and is none
 */
export function asUtf8(given: Uint8Array, what: string): Uint8Array {
  const bytes = withoutMark(given);
  const encoding = bytes[0] === 0xff && bytes[1] === 0xfe
    ? "utf-16le"
    : bytes[0] === 0xfe && bytes[1] === 0xff
    ? "utf-16be"
    : undefined;
  if (encoding === undefined) return bytes;
  try {
    return utf8(new TextDecoder(encoding, { fatal: true }).decode(bytes));
  } catch (cause) {
    throw invalidInput(`Cannot read ${what}: it is marked as UTF-16, and is no text in it`, { cause });
  }
}

/** The bytes behind the byte order mark of UTF-8. */
export function withoutMark(bytes: Uint8Array): Uint8Array {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;
}

/** The bytes without the zeros at their end, with which a file system fills what was not written before a crash. */
export function withoutZeros(bytes: Uint8Array): Uint8Array {
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === 0) end--;
  return end === bytes.length ? bytes : bytes.subarray(0, end);
}
