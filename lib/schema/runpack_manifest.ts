import type * as v from "valibot";
import { artifactHead, listOf, object, text } from "./fields.ts";

/** The members that all records of a runpack share. */
export const recordHead = {
  ...artifactHead,
  run_id: text,
};

/** A signature as it is stored (docs/spec/core.md 2.4). */
export const signatureSchema = object({ alg: text, key_id: text, sig: text, signed_digest: text });

/** The manifest of a runpack (docs/spec/core.md 4.1). */
export const manifestSchema = object({
  ...recordHead,
  capture_mode: text,
  files: listOf(object({ path: text, sha256: text })),
  manifest_digest: text,
  signatures: listOf(signatureSchema),
});

export type Manifest = v.InferOutput<typeof manifestSchema>;
