/** SHA-256 as 64 lower-case hex digits. */
export type Digest = string & { readonly brand: "Digest" };

/**
 * Hashes bytes, or a well-formed text as UTF-8; synchronous where many small inputs are hashed. Given a text,
 * `node:crypto` encodes it itself, which saves a third of the time.
 */
export type Hasher = (input: Uint8Array<ArrayBuffer> | string) => Digest | Promise<Digest>;
