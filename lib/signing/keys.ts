import { invalidInput } from "../errors/mod.ts";
import { base64, concat, equalBytes, fromBase64, fromHex } from "../formats/bytes.ts";
import { importVerifyingKey } from "./ed25519.ts";
import { type Digest, sha256 } from "./digest.ts";
import { trimChars } from "../formats/trim.ts";

/** SHA-256 of the raw public key, 64 hex digits. */
export type KeyId = Digest;

/** An Ed25519 public key that passed every check; only {@linkcode importPublicKey} creates one. */
export interface PublicKey {
  /** SHA-256 of the key: 64 hex digits. */
  readonly id: KeyId;
  /** The 32 bytes of the key. */
  readonly raw: Uint8Array<ArrayBuffer>;
  /** The key for Web Crypto. */
  readonly handle: CryptoKey;
}

/**
 * The y coordinates (little-endian, sign bit cleared) of the eight points of small order on edwards25519: 0, 1,
 * -1 and the two of order 8. The group and its cofactor 8 are those of RFC 8032 section 5.1.
 */
const SMALL_ORDER_Y = [
  "0000000000000000000000000000000000000000000000000000000000000000",
  "0100000000000000000000000000000000000000000000000000000000000000",
  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
].map((text) => fromHex(text)!);

/**
 * Import raw bytes as an Ed25519 public key.
 *
 * Points of small order and encodings with y >= p are refused: Web Crypto accepts them, and under the identity point
 * a forged signature verifies for every message (docs/threat_model.md 29).
 *
 * @throws {GaitError} `invalid_input`
 */
export async function importPublicKey(raw: Uint8Array<ArrayBuffer>): Promise<PublicKey> {
  if (raw.length !== 32) throw invalidInput(`Cannot use public key: expected 32 bytes, found ${raw.length}`);
  const y = raw.slice();
  y[31]! &= 0x7f;
  if (!isBelowP(y)) throw invalidInput("Cannot use public key: its encoding is not canonical");
  if (SMALL_ORDER_Y.some((small) => equalBytes(small, y))) {
    throw invalidInput("Cannot use public key: it is a point of small order, anyone can sign for it");
  }
  try {
    const [handle, id] = await Promise.all([
      importVerifyingKey(raw),
      sha256(raw),
    ]);
    return { id, raw, handle };
  } catch (cause) {
    throw invalidInput("Cannot use public key: it is not an Ed25519 key", { cause });
  }
}

/** Read a public key in the form of key files: base64 of 32 bytes (docs/spec/core.md 2.1). */
export async function parsePublicKey(text: string, what = "public key"): Promise<PublicKey> {
  return await importPublicKey(decodeKeyText(text, 32, what));
}

/** The text of a public key file. */
export function formatPublicKey(key: PublicKey): string {
  return base64(key.raw) + "\n";
}

/** Whether a little-endian number is below p = 2^255 - 19. */
function isBelowP(bytes: Uint8Array): boolean {
  if (bytes[31] !== 0x7f) return true;
  for (let i = 30; i > 0; i--) {
    if (bytes[i] !== 0xff) return true;
  }
  return bytes[0]! < 0xed;
}

/** Hints for a key of the wrong length, by its length: the other half of a pair was given. */
const HALVES: Readonly<Record<number, string>> = {
  32: "This is a public key: give the private key of the pair",
  64: "This is a private key: give the public key of the pair, and keep this one to yourself",
};

/**
 * Decode the text of a key: standard, padded base64 of exactly `length` bytes. Space, tab, CR and LF around it and
 * line breaks inside it are skipped, nothing else (docs/spec/core.md 2.1).
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

/** An Ed25519 key pair whose halves match. */
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
 * @throws {GaitError} `invalid_input`, also when the halves don't match: such a key makes signatures that never
 * verify
 */
export async function parsePrivateKey(text: string, what = "private key"): Promise<PrivateKey> {
  const bytes = decodeKeyText(text, 64, what);
  const key = await keyFromSeed(bytes.slice(0, 32));
  if (!equalBytes(key.public.raw, bytes.subarray(32))) {
    throw invalidInput(`Cannot use ${what}: its two halves do not match`, {
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
