import { invalidInput } from "../errors/mod.ts";
import { fromBase64 } from "../formats/bytes.ts";
import { trimChars } from "../formats/trim.ts";

/** What is meant when the other half of a pair was given. */
const HALVES: Readonly<Record<number, string>> = {
  32: "This is a public key: give the private key of the pair",
  64: "This is a private key: give the public key of the pair, and keep this one to yourself",
};

/**
 * Decode the text of a key: standard, padded base64 of exactly `length` bytes. Space, tab, CR and LF around it
 * and line breaks inside are skipped, nothing else (docs/spec/core.md 2.1).
 *
 * The text never appears in the error: it may be a private key.
 */
export function decodeKeyText(text: string, length: number, what: string): Uint8Array<ArrayBuffer> {
  const bytes = fromBase64(trimChars(text, (unit) => " \t\r\n".includes(unit)).replace(/[\r\n]/g, ""));
  if (!bytes) {
    throw invalidInput(`Cannot read ${what}: expected standard base64 with padding`, {
      hint: "Make a key pair with: gait keys init",
    });
  }
  if (bytes.length !== length) {
    throw invalidInput(`Cannot read ${what}: expected ${length} bytes, found ${bytes.length}`, {
      ...(HALVES[bytes.length] ? { hint: HALVES[bytes.length]! } : {}),
    });
  }
  return bytes;
}
