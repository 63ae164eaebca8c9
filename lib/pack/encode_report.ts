import { compact, type JsonObject } from "../formats/json/mod.ts";
import { PACK_SCHEMA_ID } from "../schema/pack_layout.ts";
import { RECORD_VERSION } from "../schema/runpack_layout.ts";
import { encodeSignatures } from "../signing/mod.ts";
import type { Finding, PackReport } from "./report.ts";

/** Members that every JSON object about packs has. */
export function packFields(operation: string): JsonObject {
  return { schema_id: PACK_SCHEMA_ID.output, schema_version: RECORD_VERSION, operation };
}

/** Who a pack is, at the top of an output. */
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
