import { signatureNote, type SignatureReport } from "../signing/mod.ts";

/** What was found about an archive of evidence, as far as the next step depends on it. */
export interface Found {
  readonly ok: boolean;
  readonly missingFiles: readonly string[];
  readonly hashMismatches: readonly unknown[];
  readonly undeclaredFiles: readonly string[];
  /** Further ones, of packs. */
  readonly findings?: readonly { readonly code: string; readonly severity?: string }[];
  readonly signature: SignatureReport;
}

/** The signature of a report in words for people; the JSON output has those of the existing program. */
export function signatureWords(signature: SignatureReport): string {
  if (signature.status !== "failed") return signatureNote(signature);
  if (signature.total === 0) return "not signed, though a signature is required";
  if (isUnchecked(signature)) return "signed, but not by a key that you trust, and one is required";
  // Whoever changes evidence can sign it again: another key is no proof of anything.
  if (signature.valid === 0 && signature.errors.includes(OTHER_KEY)) {
    return "signed, but not with the given key: do not trust this artifact";
  }
  return signatureNote(signature);
}

/** Whether no key was there to check the manifest with: what fails are records, by another key than a trusted one. */
function isUnchecked({ keys = [] }: SignatureReport): boolean {
  return keys.length > 0 && keys.every(({ result }) => result === "unchecked");
}

const GIVE_KEY =
  "Give the public key of its maker with --public-key, or trust it: gait keys trust add <public.key>";

const OTHER_KEY = "key id mismatch";

/** What is wrong with signatures, one line for all proof records that have the same fault. */
export function signatureFaults({ errors }: SignatureReport): string[] {
  const counts = new Map<string, number>();
  for (const error of errors) {
    const fault = error.replace(/^proof_records line [0-9]+ /, "proof records: ");
    counts.set(fault, (counts.get(fault) ?? 0) + 1);
  }
  return [...counts].map(([fault, count]) => count === 1 ? fault : `${fault} (${count} times)`);
}

const CHANGED =
  "It was changed after it was made: get it again from its maker, and compare its SHA-256 with theirs";

/** Findings that another key may answer, which only whoever verifies can name. */
const OF_KEYS = /^(?:approval|delegation|trace)_(?:signature_failed|signer_unknown)$/;

const ASK_FOR_KEYS = "Ask approvers and gate for their keys, never the sender";
const GRANT_FLAGS = "--approval-public-key <file> or --approver-keys <folder>, --trace-public-key <file>";

/** What a person can do about evidence that does not hold. */
export function stepsAfter({ ok, signature, findings = [], ...found }: Found): string[] {
  if (ok) return [];
  if ([found.missingFiles, found.hashMismatches, found.undeclaredFiles].some(({ length }) => length > 0)) {
    return [CHANGED];
  }
  const wrong = findings.filter(({ severity }) => severity !== "note").map(({ code }) => code);
  if (wrong.some((code) => code.startsWith("archive_"))) return [CHANGED];
  // Under the strict profile notes are enough to fail.
  const notes = wrong.length > 0 || signature.status !== "verified" ? [] : findings.map(({ code }) => code);
  if (signature.status !== "failed" && [...wrong, ...notes].some((code) => OF_KEYS.test(code))) {
    return [`${ASK_FOR_KEYS}: ${GRANT_FLAGS}`];
  }
  // Whatever else is wrong, no key mends it.
  if (wrong.length > 0 && signature.status !== "failed") {
    return ["Ask its maker for a right one: this does not prove what it claims"];
  }
  if (notes.length > 0) return ["Under --profile strict every note fails: ask its maker about them"];
  switch (signature.status) {
    case "failed":
      if (signature.total === 0) break;
      if (isUnchecked(signature)) return [GIVE_KEY];
      return signature.errors.includes(OTHER_KEY)
        ? ["Ask its maker, not the sender, for the public key that belongs to it; else it proves nothing"]
        : ["Get it again from its maker, and compare its SHA-256 with theirs"];
    case "skipped":
      return [GIVE_KEY];
    case "missing":
      break;
    case "verified":
      return [];
  }
  return [
    "Ask its maker for a signed one; without a signature it proves integrity alone, and not who made it",
  ];
}
