import { base64, fromBase64, fromHex } from "../formats/bytes.ts";
import { type JsonObject, without } from "../formats/json/mod.ts";
import { type Digest, digestOf, equalDigests, type Hasher, sha256 } from "./digest.ts";
import { verifyEd25519 } from "./ed25519.ts";
import type { PrivateKey, PublicKey } from "./keys.ts";

/** A signature as artifacts hold it (docs/spec/core.md 2.4). */
export interface Signature {
  readonly alg: string;
  readonly key_id: string;
  readonly sig: string;
  readonly signed_digest: string;
}

/** The only supported algorithm. The artifact's `alg` is compared with it and never selects one. */
const ALGORITHM = "ed25519";

/** Makes an Ed25519 signature of 64 bytes. */
export type Signer = (
  key: PrivateKey,
  message: Uint8Array<ArrayBuffer>,
) => Uint8Array | Promise<Uint8Array>;

/** Ed25519 by Web Crypto. */
export async function signBytes(key: PrivateKey, message: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.sign("Ed25519", key.handle, message));
}

/**
 * Sign a document: Ed25519 over the 32 raw bytes of its digest. Long-running processes pass a faster hasher and
 * signer; the signature is the same.
 */
export async function signDocument(
  document: JsonObject,
  key: PrivateKey,
  hash: Hasher = sha256,
  sign: Signer = signBytes,
): Promise<Signature> {
  const digest = await digestOf(document, hash);
  const sig = await sign(key, fromHex(digest)!);
  return { alg: ALGORITHM, key_id: key.public.id, sig: base64(sig), signed_digest: digest };
}

/** Why a signature is invalid, in the words of docs/spec/core.md 2.4. */
export type SignatureProblem = string;

/**
 * Check one signature over a document of known digest. The checks run in the order of docs/spec/core.md 2.4.
 *
 * @param signature as the artifact states it; an attacker controls every field
 * @param signed digest of the document without its signatures, computed here
 * @returns `undefined` when the signature is valid, else the problem
 */
export async function checkSignature(
  signature: Signature,
  signed: Digest,
  key: PublicKey,
): Promise<SignatureProblem | undefined> {
  if (signature.signed_digest === "") return "missing signed_digest";
  if (!equalDigests(signature.signed_digest, signed)) return "signed_digest mismatch";
  if (signature.alg !== ALGORITHM) return `unsupported alg: ${signature.alg}`;
  if (signature.key_id !== "" && signature.key_id !== key.id) return "key id mismatch";
  const sig = fromBase64(signature.sig);
  if (!sig) return "decode sig: illegal base64 data";
  if (sig.length !== 64) return `invalid signature length: ${sig.length}`;
  const holds = await verifyEd25519(key.handle, sig, fromHex(signed)!);
  return holds ? undefined : "signature verification failed";
}

/** Whether Ed25519 itself rejected the signature; every other problem is found before that check. */
export function isPlainMismatch(problem: SignatureProblem): boolean {
  return problem === "signature verification failed";
}

/** A document with one signature added under `signatures`. */
export async function withSignature(document: JsonObject, key: PrivateKey): Promise<JsonObject> {
  const signable = without(document, "signatures");
  return { ...signable, signatures: [{ ...await signDocument(signable, key) }] };
}
