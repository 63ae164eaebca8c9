import { isHexDigest, NO_TRUSTED_KEY, signatureNote, type SignatureReport } from "../signing/mod.ts";
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
  if (ok) {
    return {
      note: signatureNote(signature),
      faults: [...keyLines(signature), ...others(signature)],
      steps: [],
    };
  }
  const { signatureFaults, signatureWords, stepsAfter } = await import("./failed_verification.ts");
  return {
    note: signatureWords(signature),
    faults: [...keyLines(signature), ...signatureFaults({ ...signature, errors: others(signature) })],
    steps: stepsAfter(found),
  };
}

/** What is wrong with signatures, but for what is said of their keys. */
const others = ({ errors }: SignatureReport) => errors.filter((error) => error !== NO_TRUSTED_KEY);

/** So many keys are listed; an artifact may name any number. */
const MOST = 5;

/** Whose signatures these are. An id that is none is text of whoever made the file, and is not shown. */
function keyLines({ keys = [] }: SignatureReport): string[] {
  const lines = keys.slice(0, MOST).map(({ keyId, result, name }) =>
    `key ${isHexDigest(keyId) ? keyId : "without an id"}${name ? ` "${name}"` : ""}: ${result}`
  );
  return keys.length > MOST ? [...lines, `and ${keys.length - MOST} more`] : lines;
}
