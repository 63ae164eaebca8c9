/**
 * Ed25519 verification (RFC 8032 section 5.1.7) by Web Crypto: the only place where a signature is checked. The page
 * of `pack export --html` substitutes a module of its own, for browsers without Ed25519.
 */

/** Import a public key of 32 bytes; throws when the bytes are not a key. */
export async function importVerifyingKey(raw: Uint8Array<ArrayBuffer>): Promise<CryptoKey> {
  return await crypto.subtle.importKey("raw", raw, "Ed25519", true, ["verify"]);
}

/** Whether a signature of 64 bytes over a message is valid. */
export async function verifyEd25519(
  key: CryptoKey,
  signature: Uint8Array<ArrayBuffer>,
  message: Uint8Array<ArrayBuffer>,
): Promise<boolean> {
  return await crypto.subtle.verify("Ed25519", key, signature, message);
}
