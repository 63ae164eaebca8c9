import { invalidInput } from "../errors/mod.ts";

/** A file in an archive. */
export interface TarEntry {
  readonly name: string;
  readonly content: Uint8Array<ArrayBuffer>;
}

const BLOCK = 512;

/** Most bytes of an extended header that are looked at. */
const MAX_HEADER = 65_536;

/** Whether bytes begin as an archive of tar does: with a header whose checksum is right. */
export function isTar(bytes: Uint8Array): boolean {
  return bytes.length >= BLOCK && bytes.subarray(0, BLOCK).some((byte) => byte !== 0) &&
    hasChecksum(bytes.subarray(0, BLOCK));
}

/**
 * The files in an archive of tar, as POSIX (ustar, pax) and GNU write it. Nothing is written to disk, so that names are
 * names alone; folders, links and devices are left out.
 *
 * @throws {GaitError} `invalid_input` if it is damaged or cut off
 */
export function readTar(bytes: Uint8Array<ArrayBuffer>, what: string): TarEntry[] {
  const damaged = (why: string) => invalidInput(`Cannot read ${what}: the archive ${why}`);
  const entries: TarEntry[] = [];
  /** The name that a block before the header of a file gives it. */
  let given: string | undefined;
  let at = 0;
  for (;;) {
    const header = bytes.subarray(at, at + BLOCK);
    if (header.length < BLOCK) throw damaged("is cut off");
    if (header.every((byte) => byte === 0)) return entries;
    if (!hasChecksum(header)) throw damaged("has a header whose checksum is wrong");
    const size = numberIn(header.subarray(124, 136));
    if (size === undefined) throw damaged("has a file without a size");
    at += BLOCK;
    if (at + size > bytes.length) throw damaged("is cut off");
    const content = bytes.subarray(at, at + size);
    at += Math.ceil(size / BLOCK) * BLOCK;
    switch (String.fromCharCode(header[156]!)) {
      case "x":
        given = paxName(textIn(content.subarray(0, MAX_HEADER))) ?? given;
        break;
      case "L":
        given = fieldIn(content.subarray(0, MAX_HEADER));
        break;
      case "0":
      case "7":
      case "\0":
        entries.push({ name: given ?? nameIn(header), content });
        given = undefined;
        break;
      case "g":
      case "K":
        break;
      default:
        given = undefined;
    }
  }
}

const textIn = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

/** A text up to the first zero. */
function fieldIn(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return textIn(end < 0 ? bytes : bytes.subarray(0, end));
}

function nameIn(header: Uint8Array): string {
  const name = fieldIn(header.subarray(0, 100));
  const prefix = textIn(header.subarray(257, 262)) === "ustar" ? fieldIn(header.subarray(345, 500)) : "";
  // GNU has times in the place of the prefix, and marks itself with a blank.
  return prefix === "" || header[262] === 0x20 ? name : `${prefix}/${name}`;
}

/** A number in octal digits, or in the bits behind a first one that is set, as GNU writes large ones. */
function numberIn(field: Uint8Array): number | undefined {
  if ((field[0]! & 0x80) !== 0) {
    const number = field.reduce((sum, byte, i) => sum * 256 + (i === 0 ? byte & 0x7f : byte), 0);
    return Number.isSafeInteger(number) ? number : undefined;
  }
  const text = fieldIn(field).trim();
  return /^[0-7]{1,12}$/.test(text) ? parseInt(text, 8) : undefined;
}

/** The sum of all bytes of a header, its own field taken for blanks. */
function hasChecksum(header: Uint8Array): boolean {
  const sum = header.reduce((sum, byte, i) => sum + (i >= 148 && i < 156 ? 0x20 : byte), 0);
  return numberIn(header.subarray(148, 156)) === sum;
}

/** The path in the records of an extended header, each with its length before it. */
function paxName(text: string): string | undefined {
  return /(?:^|\n)\d{1,12} path=([^\n]{1,4096})\n/.exec(text)?.[1];
}
