import type { TrustedKeys } from "../signing/mod.ts";
import type { SignatureReport } from "../signing/mod.ts";
import type { HashMismatch } from "../runpack/listed_files.ts";

/** Something about a pack that its digests alone don't tell. */
export interface Finding {
  /** A stable name, e.g. `source_runpack_damaged`. */
  readonly code: string;
  /** The entry that it is about. */
  readonly path?: string;
  /** What is wrong, for people. */
  readonly message: string;
  /** Whether the pack fails by it; a note becomes a failure under the strict profile. */
  readonly severity: "failure" | "note";
}

/** What was found out about a pack. */
export interface PackReport {
  /** Nothing is missing, changed, undeclared or contradictory, and a signature holds where one is asked for. */
  readonly ok: boolean;
  /** Digest of the manifest without its signature. */
  readonly packId: string;
  /** `run`, `job`, `call` or `authorization`. */
  readonly packType: string;
  /** Id of what is packed, e.g. of the run. */
  readonly sourceRef: string;
  /** Files whose digests were compared. */
  readonly filesChecked: number;
  /** Records of proof that were checked. */
  readonly proofRecords: number;
  /** Paths that the manifest names and the archive lacks. */
  readonly missingFiles: readonly string[];
  /** Files whose content is not what the manifest says. */
  readonly hashMismatches: readonly HashMismatch[];
  /** Paths that the manifest does not name. */
  readonly undeclaredFiles: readonly string[];
  /** What the signature comes to. */
  readonly signature: SignatureReport;
  /** Everything that is wrong, each with its reason. */
  readonly findings: readonly Finding[];
  /** Set for the forms that came before packs. */
  readonly legacyType?: "runpack" | "guard";
}

export function failureOf(code: string, message: string, path?: string): Finding {
  return { code, message, severity: "failure", ...(path === undefined ? {} : { path }) };
}

export function noteOf(code: string, message: string, path?: string): Finding {
  return { code, message, severity: "note", ...(path === undefined ? {} : { path }) };
}

/** What the caller demands of a pack. */
export interface VerifyPackOptions {
  /** Keys whose signatures count; no other key is ever used. */
  readonly trusted?: TrustedKeys;
  /** Fail unless a trusted key signed it. */
  readonly requireSignature?: boolean;
  /** Every oddity is a failure, too. */
  readonly strict?: boolean;
  /** A pack without proof records fails. */
  readonly requireProof?: boolean;
}
