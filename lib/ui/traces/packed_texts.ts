/** Longest text that can be packed: its length takes 15 bits. */
export const MAX_PACKED = 0x7fff;

/** Set in the first character of a text whose characters are bytes that are written in hex. */
export const HEX = 0x80;

const IS_HEX = /^(?:[0-9a-f]{2})+$/;
const DIGITS = "0123456789abcdef";

/**
 * Pack texts into one string, digests and ids in hex with one character a byte. Two hundred thousand rows are kept in memory:
 * one flat string of small characters takes a third of what the texts and their headers take, and keeps no part of the files
 * that they were read from.
 */
export function packTexts(texts: readonly string[]): string {
  // deno-lint-ignore gait/no-spread-call -- in one call the string is flat; a path has at most 32,767 characters
  return String.fromCharCode(...texts.flatMap(codesOf));
}

/** The texts that were packed, from some place on. */
export function unpackTexts(packed: string, start = 0): string[] {
  const texts: string[] = [];
  for (let at = start; at < packed.length;) {
    const head = packed.charCodeAt(at);
    const end = at + 2 + lengthAt(packed, at);
    texts.push(head < HEX ? packed.slice(at + 2, end) : hexOf(packed, at + 2, end));
    at = end;
  }
  return texts;
}

/** A test whether the text that was packed at a place in hex holds some digits: it is not unpacked for that. */
export function holdingDigits(digits: string): (packed: string, at: number) => boolean {
  const wanted = Array.from(digits, (digit) => DIGITS.indexOf(digit));
  return (packed, at) => {
    const count = 2 * lengthAt(packed, at);
    const digitAt = (i: number) => packed.charCodeAt(at + 2 + (i >> 1)) >> (i % 2 === 0 ? 4 : 0) & 15;
    for (let start = 0; start + wanted.length <= count; start++) {
      let length = 0;
      while (length < wanted.length && digitAt(start + length) === wanted[length]) length++;
      if (length === wanted.length) return true;
    }
    return false;
  };
}

/** How many characters a text takes that was packed at a place. */
export function lengthAt(packed: string, at: number): number {
  return (packed.charCodeAt(at) & (HEX - 1)) << 8 | packed.charCodeAt(at + 1);
}

function codesOf(text: string): number[] {
  if (text.length > MAX_PACKED) throw new RangeError("The text is too long to be packed");
  const isHex = IS_HEX.test(text);
  const length = isHex ? text.length / 2 : text.length;
  const codes = [(isHex ? HEX : 0) | length >> 8, length & 0xff];
  for (let i = 0; i < length; i++) {
    codes.push(isHex ? Number.parseInt(text.slice(2 * i, 2 * i + 2), 16) : text.charCodeAt(i));
  }
  return codes;
}

function hexOf(packed: string, start: number, end: number): string {
  let hex = "";
  for (let i = start; i < end; i++) {
    const byte = packed.charCodeAt(i);
    hex += DIGITS[byte >> 4]! + DIGITS[byte & 15]!;
  }
  return hex;
}
