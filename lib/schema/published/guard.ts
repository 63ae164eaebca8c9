import {
  encryptedArtifactSchema,
  GUARD_SCHEMA_ID,
  guardManifestSchema,
  holdsSchema,
  retentionReportSchema,
} from "../guard.ts";
import type { Published } from "./published.ts";

/** Schemas of evidence packs, retention and encryption. */
export const PUBLISHED_GUARD: readonly Published[] = [
  {
    file: "guard/pack_manifest.schema.json",
    title: "gait.guard.pack_manifest 1.0.0",
    schemaId: GUARD_SCHEMA_ID.manifest,
    schema: guardManifestSchema,
    side: "writes",
    optional: ["case_id", "incident_window", "rendered_artifacts", "signatures"],
  },
  {
    file: "guard/retention_report.schema.json",
    title: "gait.guard.retention_report 1.0.0",
    schemaId: GUARD_SCHEMA_ID.retention,
    schema: retentionReportSchema,
    side: "writes",
    optional: ["would_delete", "reason"],
  },
  {
    file: "guard/encrypted_artifact.schema.json",
    title: "gait.guard.encrypted_artifact 1.0.0",
    schemaId: GUARD_SCHEMA_ID.encrypted,
    schema: encryptedArtifactSchema,
    side: "writes",
    optional: ["ref", "command"],
  },
  {
    file: "guard/holds.schema.json",
    title: "gait.guard.holds 1.0.0",
    schemaId: GUARD_SCHEMA_ID.holds,
    schema: holdsSchema,
    side: "writes",
    optional: ["reason", "case_id"],
  },
];
