import { signatureNote } from "../signing/mod.ts";
import type { Found } from "./failed_verification.ts";

/** What people are told of signatures, and of what comes next. */
export interface SignatureText {
  readonly note: string;
  readonly faults: readonly string[];
  readonly steps: readonly string[];
}

/** The words for a failure are loaded only where there is one: a verification that holds starts faster. */
export async function signatureText(found: Found): Promise<SignatureText> {
  const { ok, signature } = found;
  if (ok) return { note: signatureNote(signature), faults: signature.errors, steps: [] };
  const { signatureFaults, signatureWords, stepsAfter } = await import("./failed_verification.ts");
  return {
    note: signatureWords(signature),
    faults: signatureFaults(signature),
    steps: stepsAfter(found),
  };
}
