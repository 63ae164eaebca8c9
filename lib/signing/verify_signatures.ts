import { compareBytewise } from "../formats/bytes.ts";
import type { Digest } from "./digest.ts";
import { checkSignature, type Signature } from "./signature.ts";
import { keyFor, LOCAL_DEV, type TrustedKeys } from "./trusted_keys.ts";
import { compact, type JsonObject } from "../formats/json/mod.ts";

/** Where the trust in a key comes from: a flag, the trust folder, or the development key of this folder. */
export type SignatureTrust = "flag" | "trust_store" | "local_dev";

/** What is wrong with a signature by none of the trusted keys (docs/spec/core.md 2.4). */
export const NO_TRUSTED_KEY = "public key not configured";

/** Whose a signature is, in the order of the artifact. */
export interface SignatureKey {
  /** Id of the key that verified it; otherwise the one that the artifact names, which proves nothing. */
  readonly keyId: string;
  /** `failed`: it was checked with a trusted key, and does not hold; `unchecked`: no trusted key has this id. */
  readonly result: "verified" | "failed" | "unchecked";
  /** Name of the trusted key in the trust folder. */
  readonly name?: string;
}

/** The result of verifying the signatures of an artifact. */
export interface SignatureReport {
  /** `missing`: there is none; `skipped`: no key to check with. */
  readonly status: "missing" | "skipped" | "verified" | "failed";
  /** Why signatures are invalid. */
  readonly errors: readonly string[];
  /** Number of signatures. */
  readonly total: number;
  /** Number of valid signatures. */
  readonly valid: number;
  /** Set when a signature was checked with a trusted key. */
  readonly trust?: SignatureTrust;
  /** Name of the key in the trust folder that verified the artifact. */
  readonly keyName?: string;
  /** One for each signature. */
  readonly keys?: readonly SignatureKey[];
}

/**
 * Check the signatures of an artifact against the keys that the caller trusts, and no other: a key that only the
 * artifact names is never used (docs/spec/core.md 6.1; docs/threat_model.md 26 to 28). One valid signature is enough;
 * invalid ones are still reported.
 */
export async function verifySignatures(
  signatures: readonly Signature[],
  signed: Digest,
  trusted: TrustedKeys,
): Promise<SignatureReport> {
  const total = signatures.length;
  if (total === 0) return { status: "missing", errors: [], total, valid: 0 };
  const errors: string[] = [];
  let valid = 0;
  let tried = 0;
  let keyName: string | undefined;
  const keys: SignatureKey[] = [];
  for (const signature of signatures) {
    const { key, name } = keyFor(trusted, signature.key_id) ?? {};
    const problem = key === undefined ? NO_TRUSTED_KEY : await checkSignature(signature, signed, key);
    if (key !== undefined) tried++;
    if (problem === undefined) {
      valid++;
      keyName ??= name;
    } else errors.push(problem);
    keys.push({
      keyId: problem === undefined ? key!.id : signature.key_id,
      result: key === undefined ? "unchecked" : problem === undefined ? "verified" : "failed",
      ...(name === undefined ? {} : { name }),
    });
  }
  errors.sort(compareBytewise);
  if (tried === 0) return { status: "skipped", errors, total, valid, keys };
  const trust = trusted.source === "flag" ? "flag" : keyName === LOCAL_DEV ? "local_dev" : "trust_store";
  return {
    status: valid > 0 ? "verified" : "failed",
    errors,
    total,
    valid,
    trust,
    ...(keyName === undefined ? {} : { keyName }),
    keys,
  };
}

/** The members that report on signatures (docs/spec/core.md 6.1). */
export function encodeSignatures(signature: SignatureReport): JsonObject {
  return compact({
    signature_status: signature.status,
    signature_errors: signature.errors,
    signatures_total: signature.total,
    signatures_valid: signature.valid,
    signature_trust: signature.trust,
    signature_key_name: signature.keyName,
    signature_keys: signature.keys?.map(({ keyId, result, name }) => ({
      key_id: keyId,
      result,
      trusted: result === "verified",
      ...(name === undefined ? {} : { name }),
    })),
  });
}

/** A sentence that explains the signature status. */
export function signatureNote({ status, trust, keyName }: SignatureReport): string {
  switch (status) {
    case "missing":
      return "not signed: this proves integrity only, not who recorded it";
    case "skipped":
      return "signed, but not by a key that you trust: this proves integrity only, not who recorded it";
    case "failed":
      return "signature is invalid: do not trust this artifact";
    case "verified":
      switch (trust) {
        case "local_dev":
          return "signed by the development key of this folder";
        case "trust_store":
          return `signed by the trusted key "${keyName}"`;
        default:
          return "signed by the given key";
      }
  }
}
