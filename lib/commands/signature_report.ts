import {
  isHexDigest,
  NO_TRUSTED_KEY,
  type SignatureKey,
  signatureNote,
  type SignatureReport,
} from "../signing/mod.ts";
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

const RESULTS: Readonly<Record<SignatureKey["result"], string>> = {
  verified: "verified",
  failed: "does not hold with the key that you gave or trust",
  unchecked: "not one that you trust, so not checked",
};

/** Whose signatures these are. */
function keyLines({ keys = [] }: SignatureReport): string[] {
  const lines = keys.slice(0, MOST).map(({ keyId, result, name }) => {
    // An id that is none is text of whoever made the file.
    const key = isHexDigest(keyId) ? `key ${keyId}` : "a key without a usable id";
    return `${key}${name === undefined ? "" : ` "${name}"`}: ${RESULTS[result]}`;
  });
  return keys.length > MOST ? [...lines, `and ${keys.length - MOST} more`] : lines;
}
