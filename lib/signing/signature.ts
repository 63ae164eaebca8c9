import { fromBase64, fromHex } from "../formats/bytes.ts";
import { base64 } from "../formats/bytes.ts";
import { type JsonObject, without } from "../formats/json/mod.ts";
import { type Digest, digestOf } from "./digest.ts";
import { verifyEd25519 } from "./ed25519.ts";
import type { PrivateKey } from "./private_key.ts";
import type { PublicKey } from "./public_key.ts";

/** A signature as artifacts hold it (spec/core.md 2.4). */
export interface Signature {
  readonly alg: string;
  readonly key_id: string;
  readonly sig: string;
  readonly signed_digest: string;
}

/** The one algorithm there is; the field of the artifact is only compared with it. */
const ALGORITHM = "ed25519";

/** Sign a document: Ed25519 over the 32 raw bytes of its digest. */
export async function signDocument(document: JsonObject, key: PrivateKey): Promise<Signature> {
  const digest = await digestOf(document);
  const sig = new Uint8Array(await crypto.subtle.sign("Ed25519", key.handle, fromHex(digest)!));
  return { alg: ALGORITHM, key_id: key.public.id, sig: base64(sig), signed_digest: digest };
}

/** Why a signature does not hold, in the words of spec/core.md 2.4. */
export type SignatureProblem = string;

/**
 * Check one signature over a document of known digest. The checks stand in the order of spec/core.md 2.4.
 *
 * @param signature what the artifact claims; every field is the attacker's
 * @param signed digest of the document without its signatures, computed here
 * @returns nothing when the signature holds, else what is wrong with it
 */
export async function checkSignature(
  signature: Signature,
  signed: Digest,
  key: PublicKey,
): Promise<SignatureProblem | undefined> {
  if (signature.signed_digest === "") return "missing signed_digest";
  if (signature.signed_digest !== signed) return "signed_digest mismatch";
  if (signature.alg !== ALGORITHM) return `unsupported alg: ${signature.alg}`;
  if (signature.key_id !== "" && signature.key_id !== key.id) return "key id mismatch";
  const sig = fromBase64(signature.sig);
  if (!sig) return "decode sig: illegal base64 data";
  if (sig.length !== 64) return `invalid signature length: ${sig.length}`;
  const holds = await verifyEd25519(key.handle, sig, fromHex(signed)!);
  return holds ? undefined : "signature verification failed";
}

/** Whether a problem means that the check ran and Ed25519 said no; everything else is an error before it. */
export function isPlainMismatch(problem: SignatureProblem): boolean {
  return problem === "signature verification failed";
}

/** A document with one signature added under `signatures`. */
export async function withSignature(document: JsonObject, key: PrivateKey): Promise<JsonObject> {
  const signable = without(document, "signatures");
  return { ...signable, signatures: [{ ...await signDocument(signable, key) }] };
}
