import { invalidInput, verificationFailed } from "../errors/mod.ts";
import { base64, decodeUtf8Strict, fromBase64 } from "../formats/bytes.ts";
import { trim } from "../formats/text.ts";
import { type PrivateKey, type PublicKey, signBytes, verifyEd25519 } from "../signing/mod.ts";
import { parseChecksums } from "./checksums.ts";

/**
 * The detached signature of a checksum file: Ed25519 over its bytes, in base64, so that `openssl pkeyutl -verify
 * -rawin` can check it where there is no Gait. Artifacts are signed over the 32 bytes of a digest instead; a checksum
 * file is never that short, so that a signature of one can't pass for a signature of the other.
 */
export async function signChecksums(
  checksums: Uint8Array<ArrayBuffer>,
  key: PrivateKey,
): Promise<string> {
  parseChecksums(textOf(checksums));
  return `${base64(await signBytes(key, checksums))}\n`;
}

/** Size of the largest signature file that is read, in bytes. */
export const MAX_SIGNATURE_BYTES = 4096;

/**
 * Check the detached signature of a checksum file.
 *
 * @throws {GaitError} `invalid_input` when the signature file holds something else, `verification_failed` when the
 * key did not sign these bytes
 */
export async function checkChecksumSignature(
  checksums: Uint8Array<ArrayBuffer>,
  signature: string,
  key: PublicKey,
): Promise<void> {
  const raw = fromBase64(trim(signature));
  if (raw?.length !== 64) {
    throw invalidInput("Cannot read the signature: it is not an Ed25519 signature in base64");
  }
  if (!await verifyEd25519(key.handle, raw, checksums)) {
    throw verificationFailed("The checksums were not signed by this key", {
      hint: "Compare the key with the one that the project publishes, and download both files again",
    });
  }
}

/** The text of a checksum file; throws `invalid_input` unless it is UTF-8. */
export function textOf(checksums: Uint8Array): string {
  const text = decodeUtf8Strict(checksums);
  if (text === undefined) throw invalidInput("Cannot read checksums: the file is not UTF-8");
  return text;
}
