import type { SignatureReport } from "../../signing/mod.ts";
import type { HashMismatch } from "../listed_files.ts";

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
  readonly packId: string;
  readonly packType: string;
  readonly sourceRef: string;
  readonly filesChecked: number;
  readonly proofRecords: number;
  readonly missingFiles: readonly string[];
  readonly hashMismatches: readonly HashMismatch[];
  readonly undeclaredFiles: readonly string[];
  readonly signature: SignatureReport;
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
