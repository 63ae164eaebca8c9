import {
  callPayloadSchema,
  jobPayloadSchema,
  packDiffSchema,
  packManifestSchema,
  PAYLOAD_OPTIONAL,
  runPayloadSchema,
} from "../pack.ts";
import { PACK_SCHEMA_ID } from "../pack_layout.ts";
import { proofRecordSchema } from "../proof_record.ts";
import { RUN_AUTHORIZATION_SCHEMA_ID, runAuthorizationSchema } from "../run_authorization.ts";
import type { Published } from "./published.ts";

/** Schemas of packs. */
export const PUBLISHED_PACK: readonly Published[] = [
  {
    file: "pack/manifest.schema.json",
    title: "gait.pack.manifest 1.0.0",
    schemaId: PACK_SCHEMA_ID.manifest,
    schema: packManifestSchema,
    side: "writes",
    optional: ["signatures", "signed_digest"],
  },
  {
    file: "pack/run.schema.json",
    title: "gait.pack.run 1.0.0",
    schemaId: PACK_SCHEMA_ID.run,
    schema: runPayloadSchema,
    side: "writes",
    optional: PAYLOAD_OPTIONAL.run,
  },
  {
    file: "pack/run_authorization.schema.json",
    title: "gait.pack.run_authorization 1.0.0",
    schemaId: RUN_AUTHORIZATION_SCHEMA_ID,
    schema: runAuthorizationSchema,
    side: "writes",
    optional: ["session_id", "path"],
  },
  {
    file: "pack/job.schema.json",
    title: "gait.pack.job 1.0.0",
    schemaId: PACK_SCHEMA_ID.job,
    schema: jobPayloadSchema,
    side: "writes",
    optional: PAYLOAD_OPTIONAL.job,
  },
  {
    file: "pack/call.schema.json",
    title: "gait.pack.call 1.0.0",
    schemaId: PACK_SCHEMA_ID.call,
    schema: callPayloadSchema,
    side: "writes",
    optional: PAYLOAD_OPTIONAL.call,
  },
  {
    file: "pack/diff.schema.json",
    title: "gait.pack.diff 1.0.0",
    schemaId: PACK_SCHEMA_ID.diff,
    schema: packDiffSchema,
    side: "writes",
    optional: [
      "added_files",
      "removed_files",
      "changed_files",
      "context_changed",
      "context_runtime_only_changes",
    ],
  },
  {
    file: "pack/proof_record.schema.json",
    title: "One line of proof_records.jsonl",
    schema: proofRecordSchema,
    side: "writes",
    optional: [
      "agent_id",
      "metadata",
      "relationship",
      "relations",
      "previous_record_hash",
      "signing_key_id",
      "signature",
    ],
  },
];
