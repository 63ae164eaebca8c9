import { Point } from "@noble/ed25519";
import { concat, equalBytes, fromHex } from "../../../../formats/bytes.ts";

/*
 * Stands in for lib/signing/ed25519.ts in the page: Web Crypto where it knows Ed25519, else the arithmetic of
 * @noble/ed25519.
 */

/** The first key, message and signature of RFC 8032 section 7.1. */
const KNOWN = {
  key: fromHex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")!,
  signature: fromHex(
    "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
  )!,
};

let known: Promise<boolean> | undefined;

/** Whether this browser's Web Crypto verifies Ed25519 correctly; tested once with a known signature. */
export function hasWebEd25519(): Promise<boolean> {
  known ??= (async () => {
    try {
      const key = await crypto.subtle.importKey("raw", KNOWN.key, "Ed25519", false, ["verify"]);
      const holds = (message: Uint8Array<ArrayBuffer>) =>
        crypto.subtle.verify("Ed25519", key, KNOWN.signature, message);
      return await holds(new Uint8Array()) && !await holds(new Uint8Array(1));
    } catch {
      return false;
    }
  })();
  return known;
}

/** A public key without a CryptoKey. */
interface RawKey {
  readonly raw: Uint8Array<ArrayBuffer>;
}

export async function importVerifyingKey(raw: Uint8Array<ArrayBuffer>): Promise<CryptoKey> {
  if (await hasWebEd25519()) return await crypto.subtle.importKey("raw", raw, "Ed25519", true, ["verify"]);
  // Only the function below reads the handle.
  return { raw: raw.slice() } satisfies RawKey as unknown as CryptoKey;
}

export async function verifyEd25519(
  key: CryptoKey,
  signature: Uint8Array<ArrayBuffer>,
  message: Uint8Array<ArrayBuffer>,
): Promise<boolean> {
  return key instanceof CryptoKey
    ? await crypto.subtle.verify("Ed25519", key, signature, message)
    : await verifyByArithmetic((key as unknown as RawKey).raw, signature, message);
}

/**
 * Verify without Web Crypto (RFC 8032 section 5.1.7), in the strict form that Web Crypto implementations have: the
 * group equation without the cofactor, and R compared by its bytes. `verify` of the library multiplies by the
 * cofactor, so that it takes signatures that the command refuses.
 */
export async function verifyByArithmetic(
  raw: Uint8Array<ArrayBuffer>,
  signature: Uint8Array<ArrayBuffer>,
  message: Uint8Array<ArrayBuffer>,
): Promise<boolean> {
  if (signature.length !== 64) return false;
  const r = signature.slice(0, 32);
  const s = littleEndian(signature.subarray(32));
  const { n } = Point.CURVE();
  if (s >= n) return false; // otherwise every signature would be malleable
  let key: Point;
  try {
    key = Point.fromBytes(raw, false);
  } catch {
    return false; // not a point on the curve
  }
  const hashed = new Uint8Array(await crypto.subtle.digest("SHA-512", concat([r, raw, message])));
  const k = littleEndian(hashed) % n;
  const expected = Point.BASE.multiply(s, false).subtract(key.multiply(k, false));
  return equalBytes(expected.toBytes(), r);
}

function littleEndian(bytes: Uint8Array): bigint {
  return bytes.reduceRight((value, byte) => value << 8n | BigInt(byte), 0n);
}
