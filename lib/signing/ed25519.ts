/**
 * Ed25519 verification (RFC 8032 section 5.1.7) by Web Crypto: the one place where a signature is checked. The page
 * of `pack export --html` puts a module of its own here, for browsers without it.
 */

/** The handle of a public key of 32 bytes; throws when it is none. */
export async function importVerifyingKey(raw: Uint8Array<ArrayBuffer>): Promise<CryptoKey> {
  return await crypto.subtle.importKey("raw", raw, "Ed25519", true, ["verify"]);
}

/** Whether a signature of 64 bytes over a message holds. */
export async function verifyEd25519(
  key: CryptoKey,
  signature: Uint8Array<ArrayBuffer>,
  message: Uint8Array<ArrayBuffer>,
): Promise<boolean> {
  return await crypto.subtle.verify("Ed25519", key, signature, message);
}
