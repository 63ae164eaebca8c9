import { invalidInput } from "../errors/mod.ts";
import { base64, concat, equalBytes, fromBase64, fromHex } from "../formats/bytes.ts";
import { decodeKeyText, importPublicKey, type PublicKey } from "./public_key.ts";

/** An Ed25519 key pair whose halves belong together. */
export interface PrivateKey {
  /** The public half. */
  readonly public: PublicKey;
  /** The key for Web Crypto. */
  readonly handle: CryptoKey;
  /** Seed of 32 bytes; leaves the program only as the text of a key file. */
  readonly seed: Uint8Array<ArrayBuffer>;
}

/** DER head of a PKCS #8 Ed25519 key (RFC 8410 section 7); the seed follows. */
export const PKCS8_HEAD = fromHex("302e020100300506032b657004220420")!;

/** Derive the key pair of a seed of 32 bytes (RFC 8032 section 5.1.5). */
export async function keyFromSeed(seed: Uint8Array<ArrayBuffer>): Promise<PrivateKey> {
  if (seed.length !== 32) throw invalidInput(`Cannot use private key: expected a seed of 32 bytes`);
  const handle = await crypto.subtle.importKey("pkcs8", concat([PKCS8_HEAD, seed]), "Ed25519", true, [
    "sign",
  ]);
  const { x } = await crypto.subtle.exportKey("jwk", handle);
  const raw = fromBase64((x ?? "").replaceAll("-", "+").replaceAll("_", "/") + "=");
  return { public: await importPublicKey(raw ?? new Uint8Array()), handle, seed };
}

/**
 * Read a private key in the form of key files: base64 of seed and public key, 64 bytes (docs/spec/core.md 2.1).
 *
 * @throws {GaitError} `invalid_input`, also when the halves don't belong together: such a key makes signatures
 * that never verify
 */
export async function parsePrivateKey(text: string, what = "private key"): Promise<PrivateKey> {
  const bytes = decodeKeyText(text, 64, what);
  const key = await keyFromSeed(bytes.slice(0, 32));
  if (!equalBytes(key.public.raw, bytes.subarray(32))) {
    throw invalidInput(`Cannot use ${what}: its two halves do not belong together`, {
      hint: "Make a new pair with: gait keys init",
      detail: "private_key_halves_differ",
    });
  }
  return key;
}

/** The text of a private key file. */
export function formatPrivateKey(key: PrivateKey): string {
  return base64(concat([key.seed, key.public.raw])) + "\n";
}
