import { isZeroTime } from "../formats/time.ts";
import type { Run } from "../schema/runpack.ts";
import { RECORD_VERSION } from "../schema/runpack_layout.ts";

/** The members that every record has. */
export type Head = Pick<Run, "schema_id" | "schema_version" | "created_at" | "producer_version" | "run_id">;

/** The head of a record: missing members come from its run; existing ones are kept, even if they differ. */
export function headOf(record: Head, run: Run, schemaId: string): Head {
  return {
    schema_id: record.schema_id || schemaId,
    schema_version: record.schema_version || RECORD_VERSION,
    created_at: isZeroTime(record.created_at) ? run.created_at : record.created_at,
    producer_version: record.producer_version || run.producer_version,
    run_id: record.run_id || run.run_id,
  };
}
