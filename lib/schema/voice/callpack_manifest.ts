import * as v from "valibot";
import { CALL_COUNTS, callCounts } from "../call_counts.ts";
import type { JsonObject } from "../../formats/json/mod.ts";
import { integersIn, omitEmpty, strictObject, text, time } from "../fields.ts";

/** What a callpack says about its call beside the payload (docs/spec/voice.md 5.7). */
export const callpackManifestSchema = v.pipe(
  integersIn(...CALL_COUNTS),
  strictObject({
    schema_id: text,
    schema_version: text,
    created_at: time,
    producer_version: text,
    call_id: text,
    privacy_mode: text,
    ...callCounts,
    environment_fingerprint: text,
  }),
);

export type CallpackManifest = v.InferOutput<typeof callpackManifestSchema>;

/** The written form. */
export function encodeCallpackManifest(manifest: CallpackManifest): JsonObject {
  return omitEmpty(manifest, "environment_fingerprint");
}
