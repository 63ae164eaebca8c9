import { concat } from "../formats/bytes.ts";
import type { Hasher } from "./digest.ts";
import { PKCS8_HEAD, type PrivateKey } from "./keys.ts";
import type { Signer } from "./signature.ts";

/** Hashing and signing for long-running processes. */
export interface BulkCrypto {
  readonly hash: Hasher;
  readonly sign: Signer;
}

/**
 * Load `node:crypto`, which costs 15 ms once. It hashes and signs on the calling thread, so small digests take a
 * tenth and signatures a third of the time that Web Crypto needs. The bytes are the same (RFC 8032 is deterministic).
 */
export async function loadBulkCrypto(): Promise<BulkCrypto> {
  const [{ sign, createPrivateKey }, { bulkHasher }] = await Promise.all([
    import("node:crypto"),
    import("./bulk_digest.ts"),
  ]);
  const handles = new WeakMap<PrivateKey, ReturnType<typeof createPrivateKey>>();
  const handleOf = (key: PrivateKey) => {
    const known = handles.get(key);
    if (known) return known;
    const der = concat([PKCS8_HEAD, key.seed]);
    // deno-lint-ignore no-explicit-any -- its types accept only Buffer
    const made = createPrivateKey({ key: der as any, format: "der", type: "pkcs8" });
    handles.set(key, made);
    return made;
  };
  return {
    hash: bulkHasher,
    sign: (key, message) => new Uint8Array(sign(null, message, handleOf(key))),
  };
}
