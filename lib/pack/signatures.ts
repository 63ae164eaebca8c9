import { compareBytewise } from "../formats/bytes.ts";
import type { SignatureReport } from "../signing/mod.ts";

const PLAIN = "signature verification failed";

/**
 * The signature report of a pack, in the words of docs/spec/pack.md 4 step 8: a plain mismatch has no text of its own,
 * but a pack without any valid signature has exactly one; a missing key counts only when a signature is demanded.
 *
 * @param recordErrors what is wrong with the signatures of proof records; empty when none is demanded
 */
export function packSignatureReport(
  judged: SignatureReport,
  required: boolean,
  recordErrors: readonly string[],
): SignatureReport {
  const errors = judged.errors.filter((text) => text !== PLAIN && text !== NO_KEY);
  switch (judged.status) {
    case "missing":
      if (required) errors.push("manifest has no signatures");
      break;
    case "skipped":
      if (required) errors.push(NO_KEY);
      break;
    case "failed":
      errors.push(PLAIN);
      break;
    case "verified":
      break;
  }
  const sorted = [...errors, ...recordErrors].sort(compareBytewise);
  // A signed manifest does not stand for records that somebody else, or nobody, signed.
  return { ...judged, status: recordErrors.length > 0 ? "failed" : judged.status, errors: sorted };
}

const NO_KEY = "public key not configured";
