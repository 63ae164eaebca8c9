import { compact, type JsonObject } from "../formats/json/mod.ts";
import type { SignatureReport } from "./judge_signatures.ts";

/** The members that tell what is known about signatures (docs/spec/core.md 6.1). */
export function encodeSignatures(signature: SignatureReport): JsonObject {
  return compact({
    signature_status: signature.status,
    signature_errors: signature.errors,
    signatures_total: signature.total,
    signatures_valid: signature.valid,
    signature_trust: signature.trust,
    signature_key_name: signature.keyName,
  });
}

/** What the signature status means, in a sentence. */
export function signatureNote({ status, trust, keyName }: SignatureReport): string {
  switch (status) {
    case "missing":
      return "not signed: this proves integrity only, not who recorded it";
    case "skipped":
      return "signed, but by no key you trust: this proves integrity only, not who recorded it";
    case "failed":
      return "signature does not hold: do not trust this artifact";
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
