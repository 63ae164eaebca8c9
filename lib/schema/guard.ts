import * as v from "valibot";
import {
  artifactHead,
  integer,
  listOf,
  object,
  strictObject,
  text,
  texts,
  time,
  wholeNumber,
} from "./fields.ts";
import { signatureSchema } from "./runpack_manifest.ts";

/** Schema ids of what the guard writes. */
export const GUARD_SCHEMA_ID = {
  manifest: "gait.guard.pack_manifest",
  encrypted: "gait.guard.encrypted_artifact",
  retention: "gait.guard.retention_report",
  holds: "gait.guard.holds",
} as const;

/** Entries of an evidence pack that are read by name (docs/spec/guard.md section 1). */
export const GUARD_ENTRY = {
  manifest: "pack_manifest.json",
  runpackSummary: "runpack_summary.json",
  runpackReferences: "referenced_runpacks.json",
  traceSummary: "trace_summary.json",
  regressSummary: "regress_summary.json",
  policyDigests: "policy_digests.json",
  controlIndex: "control_index.json",
  pointers: "evidence_pointers.json",
  pdf: "summary.pdf",
} as const;

/** A file of an evidence pack, as its manifest lists it. */
export const guardContentSchema = object({ path: text, sha256: text, type: text });

/** The manifest of an evidence pack (docs/spec/guard.md section 1, step 11). */
export const guardManifestSchema = object({
  schema_id: text,
  schema_version: text,
  created_at: time,
  generated_at: time,
  producer_version: text,
  pack_id: text,
  run_id: text,
  case_id: text,
  template_id: text,
  control_index: listOf(object({ control_id: text, title: text, evidence_paths: texts })),
  evidence_pointers: listOf(object({ pointer_id: text, path: text, type: text, sha256: text })),
  incident_window: v.nullish(
    object({ from: time, to: time, window_seconds: integer, selection_anchor: text }),
  ),
  rendered_artifacts: listOf(object({ format: text, path: text, sha256: text })),
  contents: listOf(guardContentSchema),
  signatures: listOf(signatureSchema),
});

export type GuardManifest = v.InferOutput<typeof guardManifestSchema>;
export type GuardContent = v.InferOutput<typeof guardContentSchema>;

/** Where the key of an encrypted artifact came from; never the key. */
const keySourceSchema = strictObject({ mode: text, ref: text, command: text });

/** A file that was encrypted with a key of the user (docs/spec/guard.md section 7). Nothing else may stand in it. */
export const encryptedArtifactSchema = strictObject({
  ...artifactHead,
  algorithm: text,
  key_source: v.nullish(keySourceSchema, {}),
  nonce: text,
  ciphertext: text,
  plain_sha256: text,
  plain_size: v.nullish(wholeNumber),
});

/** Evidence that retention must not delete, and why; strict, because what is dropped from it would protect nothing. */
export const holdSchema = strictObject({
  hold_id: v.string(),
  path: v.pipe(v.string(), v.minLength(1)),
  reason: text,
  case_id: text,
  created_at: time,
});

/** All holds of a folder: `.gait/holds.json` (docs/spec/guard.md section 5). */
export const holdsSchema = strictObject({
  schema_id: text,
  schema_version: text,
  holds: v.array(holdSchema),
});

export type Hold = v.InferOutput<typeof holdSchema>;

const retentionEventSchema = object({
  path: text,
  kind: text,
  modified_at: time,
  age_seconds: integer,
  action: text,
  would_delete: v.nullish(v.boolean(), false),
  reason: text,
});

/** What retention did, or is about to do (docs/spec/guard.md section 5). */
export const retentionReportSchema = object({
  ...artifactHead,
  root_path: text,
  state: text,
  dry_run: v.nullish(v.boolean(), false),
  trace_ttl_seconds: integer,
  pack_ttl_seconds: integer,
  session_ttl_seconds: integer,
  scanned_files: integer,
  deleted_files: listOf(retentionEventSchema),
  kept_files: listOf(retentionEventSchema),
});
