import { compareBytewise } from "../formats/bytes.ts";
import type { Digest } from "./digest.ts";
import { checkSignature, type Signature } from "./signature.ts";
import { keyFor, LOCAL_DEV, type TrustedKeys } from "./trusted_keys.ts";

/** Where the trust in a key comes from: a flag, the trust folder, or the key of this machine's demo. */
export type SignatureTrust = "flag" | "trust_store" | "local_dev";

/** What is known about the signatures of an artifact. */
export interface SignatureReport {
  /** `missing`: there is none; `skipped`: no key to check with. */
  readonly status: "missing" | "skipped" | "verified" | "failed";
  /** Why signatures do not hold. */
  readonly errors: readonly string[];
  /** Signatures that there are. */
  readonly total: number;
  /** Signatures that hold. */
  readonly valid: number;
  /** Set when a trusted key spoke for or against the artifact. */
  readonly trust?: SignatureTrust;
  /** Name of the key in the trust folder that verified the artifact. */
  readonly keyName?: string;
}

/**
 * Check the signatures of an artifact against the keys that the caller trusts, and no other: a key that only
 * the artifact names is never used (docs/spec/core.md 6.1; docs/threat_model.md 26 to 28). One valid signature is
 * enough; an invalid one beside it is reported.
 */
export async function judgeSignatures(
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
  for (const signature of signatures) {
    const candidate = keyFor(trusted, signature.key_id);
    if (!candidate) {
      errors.push("public key not configured");
      continue;
    }
    tried++;
    const problem = await checkSignature(signature, signed, candidate.key);
    if (problem !== undefined) errors.push(problem);
    else {
      valid++;
      keyName ??= candidate.name;
    }
  }
  errors.sort(compareBytewise);
  if (tried === 0) return { status: "skipped", errors, total, valid };
  const trust = trusted.source === "flag" ? "flag" : keyName === LOCAL_DEV ? "local_dev" : "trust_store";
  return {
    status: valid > 0 ? "verified" : "failed",
    errors,
    total,
    valid,
    trust,
    ...(keyName === undefined ? {} : { keyName }),
  };
}
