import * as v from "valibot";
import {
  artifactHead,
  integer,
  integersIn,
  jobCondition,
  listOf,
  omitEmpty,
  strictObject,
  text,
  texts,
  time,
} from "./fields.ts";
import type { JsonObject } from "../formats/json/mod.ts";
import { signatureSchema } from "./runpack_manifest.ts";

/** How many records of each kind a call has, as payload and manifest of its pack both say (docs/spec/voice.md 5.7, 6). */
export const callCounts = {
  event_count: integer,
  commitment_count: integer,
  decision_count: integer,
  speak_receipt_count: integer,
  reference_digest_count: integer,
};

/** Their names, in the order of the lists. */
export const CALL_COUNTS = Object.keys(callCounts) as readonly (keyof typeof callCounts)[];

/*
 * The documents of a pack (docs/spec/pack.md sections 1 and 6). All are read strictly: a member that nobody knows is an
 * error, because it would be signed without being understood.
 */

/** One row of a manifest. */
export const packContentSchema = strictObject({ path: text, sha256: text, type: text });

/** The manifest of a pack (docs/spec/pack.md 1.3). */
export const packManifestSchema = strictObject({
  ...artifactHead,
  pack_id: text,
  pack_type: text,
  source_ref: text,
  contents: v.array(packContentSchema),
  signatures: listOf(strictObject(signatureSchema.entries)),
});

/** The payload of a run pack (docs/spec/pack.md 1.6). */
export const runPayloadSchema = v.pipe(
  integersIn("intents_count", "results_count", "refs_count", "context_ref_count"),
  strictObject({
    schema_id: text,
    schema_version: text,
    created_at: time,
    run_id: text,
    capture_mode: text,
    manifest_digest: text,
    intents_count: integer,
    results_count: integer,
    refs_count: integer,
    context_set_digest: text,
    context_ref_count: integer,
    context_evidence_mode: text,
    context_privacy_mode: text,
  }),
);

/** The payload of a job pack (docs/spec/pack.md 1.7). */
export const jobPayloadSchema = v.pipe(
  integersIn("checkpoint_count", "approval_count"),
  strictObject({
    schema_id: text,
    schema_version: text,
    created_at: time,
    ...jobCondition,
    checkpoint_count: integer,
    approval_count: integer,
  }),
);

/** The payload of a call pack (docs/spec/voice.md section 6). */
export const callPayloadSchema = v.pipe(
  integersIn(...CALL_COUNTS),
  strictObject({
    schema_id: text,
    schema_version: text,
    created_at: time,
    call_id: text,
    run_id: text,
    privacy_mode: text,
    ...callCounts,
    environment_fingerprint: text,
  }),
);

/** A comparison of two packs (docs/spec/pack.md section 6). */
export const packDiffSchema = strictObject({
  schema_id: text,
  schema_version: text,
  created_at: time,
  left_pack_id: text,
  right_pack_id: text,
  left_pack_type: text,
  right_pack_type: text,
  summary: strictObject({
    changed: v.boolean(),
    added_files: texts,
    removed_files: texts,
    changed_files: texts,
    manifest_delta: v.boolean(),
    context_changed: v.boolean(),
    context_runtime_only_changes: v.boolean(),
    context_drift_classification: v.picklist(["none", "runtime_only", "semantic"]),
  }),
});

export type PackManifest = v.InferOutput<typeof packManifestSchema>;
export type PackContent = v.InferOutput<typeof packContentSchema>;
export type RunPayload = v.InferOutput<typeof runPayloadSchema>;
export type JobPayload = v.InferOutput<typeof jobPayloadSchema>;
export type CallPayload = v.InferOutput<typeof callPayloadSchema>;

/** The written form of a manifest; `signatures` is omitted if empty. */
export function encodePackManifest({ signatures, ...manifest }: PackManifest): JsonObject {
  return omitEmpty(
    { ...manifest, signatures: signatures.map((signature) => omitEmpty(signature, "signed_digest")) },
    "signatures",
  );
}

/** Members of each payload that a writer omits if they are empty. */
export const PAYLOAD_OPTIONAL = {
  run: ["context_set_digest", "context_ref_count", "context_evidence_mode", "context_privacy_mode"],
  job: ["safety_invariant_version", "safety_invariant_hash"],
  call: ["run_id", "environment_fingerprint"],
} as const;

export function encodeRunPayload(payload: RunPayload): JsonObject {
  return omitEmpty(payload, ...PAYLOAD_OPTIONAL.run);
}

export function encodeJobPayload(payload: JobPayload): JsonObject {
  return omitEmpty(payload, ...PAYLOAD_OPTIONAL.job);
}

export function encodeCallPayload(payload: CallPayload): JsonObject {
  return omitEmpty(payload, ...PAYLOAD_OPTIONAL.call);
}
