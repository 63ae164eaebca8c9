import { encodeSignatures, NO_TRUSTED_KEY, type SignatureReport, type TrustedKeys } from "../signing/mod.ts";
import type { ArchiveReport } from "../runpack/listed_files.ts";
import { compact, type JsonObject } from "../formats/json/mod.ts";
import { PACK_SCHEMA_ID } from "../schema/pack_layout.ts";
import type { GrantKeys } from "./authorized/trust.ts";
import { RECORD_VERSION } from "../schema/runpack_layout.ts";
import { compareBytewise } from "../formats/bytes.ts";

/** A finding about a pack beyond its digests. */
export interface Finding {
  /** A stable name, e.g. `source_runpack_damaged`. */
  readonly code: string;
  /** The affected entry. */
  readonly path?: string;
  /** A human-readable description. */
  readonly message: string;
  /** Whether it fails the pack; a note becomes a failure under the strict profile. */
  readonly severity: "failure" | "note";
}

/** The verification result of a pack. */
export interface PackReport extends ArchiveReport {
  /** Whether nothing is missing, changed, undeclared or contradictory and, if required, a signature is valid. */
  readonly ok: boolean;
  /** Digest of the manifest without its signature. */
  readonly packId: string;
  /** `run`, `job`, `call` or `authorization`. */
  readonly packType: string;
  /** Id of the packed run, job or call. */
  readonly sourceRef: string;
  /** Number of checked proof records. */
  readonly proofRecords: number;
  /** All findings with their reasons. */
  readonly findings: readonly Finding[];
  /** Set for the forms older than packs. */
  readonly legacyType?: "runpack" | "guard";
}

export function failureOf(code: string, message: string, path?: string): Finding {
  return { code, message, severity: "failure", ...(path === undefined ? {} : { path }) };
}

export function noteOf(code: string, message: string, path?: string): Finding {
  return { code, message, severity: "note", ...(path === undefined ? {} : { path }) };
}

/** Options for verifying a pack. */
export interface VerifyPackOptions {
  /** The trusted keys; no other key is ever used. */
  readonly trusted?: TrustedKeys;
  /** Fail unless a trusted key signed it. */
  readonly requireSignature?: boolean;
  /** Treat notes as failures. */
  readonly strict?: boolean;
  /** A pack without proof records fails. */
  readonly requireProof?: boolean;
  /** A pack without the authorization of its run fails. */
  readonly requireAuthorization?: boolean;
  /** Digests of policies: the authorization of a run may be by no other policy. */
  readonly policies?: readonly string[];
  /** Keys that verify traces, approvals and delegations, instead of the trusted ones. */
  readonly grants?: GrantKeys;
}

/** Whether the authorization of the run is demanded; who says which policies may decide demands it, too. */
export function demandsAuthorization({ requireAuthorization, policies }: VerifyPackOptions): boolean {
  return requireAuthorization === true || policies !== undefined;
}

/** A demanded authorization must be there, where it is checked: only packs of runs have one, whatever others hold. */
export function checkAuthorized(demands: VerifyPackOptions, isAuthorized: boolean): Finding[] {
  return demandsAuthorization(demands) && !isAuthorized
    ? [failureOf("authorization_missing", "the pack does not say what the gate decided about the run")]
    : [];
}

/** Members that every JSON object about packs has. */
export function packFields(operation: string): JsonObject {
  return { schema_id: PACK_SCHEMA_ID.output, schema_version: RECORD_VERSION, operation };
}

/** The identity of a pack, for the top of an output. */
export function encodeIdentity(report: PackReport): JsonObject {
  return compact({ pack_id: report.packId, pack_type: report.packType, source_ref: report.sourceRef });
}

/** The `verify` object (docs/spec/pack.md section 4); findings are ours. */
export function encodePackReport(report: PackReport): JsonObject {
  return {
    ...encodeIdentity(report),
    files_checked: report.filesChecked,
    ...compact({
      proof_records_verified: report.proofRecords,
      missing_files: report.missingFiles,
      hash_mismatches: report.hashMismatches,
      undeclared_files: report.undeclaredFiles,
      findings: report.findings.map(encodeFinding),
      legacy_type: report.legacyType,
    }),
    ...encodeSignatures(report.signature),
  };
}

function encodeFinding({ code, path, message, severity }: Finding): JsonObject {
  return compact({ code, path, message, severity });
}

const PLAIN = "signature verification failed";

/**
 * The signature report of a pack, in the words of docs/spec/pack.md 4 step 8: a plain mismatch has no text of its own,
 * but a pack without any valid signature has exactly one, and so has a signed one without a key to verify with.
 *
 * @param recordErrors what is wrong with the signatures of proof records; empty when none is demanded
 */
export function packSignatureReport(
  ofManifest: SignatureReport,
  required: boolean,
  recordErrors: readonly string[],
): SignatureReport {
  const errors = ofManifest.errors.filter((text) => text !== PLAIN && text !== NO_TRUSTED_KEY);
  switch (ofManifest.status) {
    case "missing":
      if (required) errors.push("manifest has no signatures");
      break;
    case "skipped":
      errors.push(NO_TRUSTED_KEY);
      break;
    case "failed":
      errors.push(PLAIN);
      break;
    case "verified":
      break;
  }
  const sorted = [...errors, ...recordErrors].sort(compareBytewise);
  // A signed manifest does not cover records that are unsigned or signed by another key.
  return { ...ofManifest, status: recordErrors.length > 0 ? "failed" : ofManifest.status, errors: sorted };
}
