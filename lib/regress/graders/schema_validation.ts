import { RECORD_VERSION, SCHEMA_ID } from "../../schema/runpack_layout.ts";
import type { Grade, Subject } from "../grader.ts";

/**
 * Whether every record of the fixture is of its kind and version (docs/spec/regress.md 1.6). Files and digests were
 * checked when it was loaded: a fixture that fails there is never graded.
 */
export function gradeSchema({ pack }: Subject): Grade {
  const { manifest, run, refs, intents, results } = pack;
  const kinds = { manifest: [manifest], run: [run], refs: [refs], intent: intents, result: results };
  const codes = Object.entries(kinds)
    .filter(([kind, records]) => !records.every((record) => isOfKind(record, kind as keyof typeof SCHEMA_ID)))
    .map(([kind]) => `${kind}_schema_invalid`);
  return {
    pass: codes.length === 0,
    codes,
    details: {
      missing_files: null,
      hash_mismatches: 0,
      intent_records: intents.length,
      result_records: results.length,
      reference_receipts: refs.receipts.length,
    },
  };
}

function isOfKind(
  record: { readonly schema_id: string; readonly schema_version: string },
  kind: keyof typeof SCHEMA_ID,
): boolean {
  return record.schema_id === SCHEMA_ID[kind] && record.schema_version === RECORD_VERSION;
}
