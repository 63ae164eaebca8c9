import * as v from "valibot";
import type { JsonObject } from "../../formats/json/mod.ts";
import { integer, integersIn, omitEmpty, strictObject, text, time } from "../fields.ts";

/** What a callpack says about its call beside the payload (spec/voice.md 5.7). */
export const callpackManifestSchema = v.pipe(
  integersIn(
    "event_count",
    "commitment_count",
    "decision_count",
    "speak_receipt_count",
    "reference_digest_count",
  ),
  strictObject({
    schema_id: text,
    schema_version: text,
    created_at: time,
    producer_version: text,
    call_id: text,
    privacy_mode: text,
    event_count: integer,
    commitment_count: integer,
    decision_count: integer,
    speak_receipt_count: integer,
    reference_digest_count: integer,
    environment_fingerprint: text,
  }),
);

export type CallpackManifest = v.InferOutput<typeof callpackManifestSchema>;

/** The written form. */
export function encodeCallpackManifest(manifest: CallpackManifest): JsonObject {
  return omitEmpty(manifest, "environment_fingerprint");
}
