import * as v from "valibot";
import {
  anyObject,
  artifactHead,
  listOf,
  object,
  omitEmpty,
  strictObject,
  text,
  texts,
  time,
} from "./fields.ts";
import type { JsonObject } from "../formats/json/mod.ts";

export const REGISTRY_PACK_SCHEMA_ID = "gait.registry.pack";
export const REGISTRY_REPORT_SCHEMA_ID = "gait.registry.verification_report";

/** An artifact that a registry pack names. */
export const registryArtifactSchema = object({ path: text, sha256: text, media_type: text });

/** A signature of a registry pack; without `signed_digest` it can't hold. */
export const registrySignatureSchema = object({ alg: text, key_id: text, sig: text, signed_digest: text });

/** The manifest of a registry pack (docs/spec/registry.md section 1). */
export const registryPackSchema = object({
  ...artifactHead,
  pack_name: text,
  pack_version: text,
  pack_type: text,
  publisher: text,
  source: text,
  risk_class: text,
  use_case: text,
  compatibility: texts,
  provenance: anyObject,
  artifacts: v.nullish(v.array(registryArtifactSchema), null),
  signatures: listOf(registrySignatureSchema),
});

/** A manifest as it was read. */
export type RegistryPack = v.InferOutput<typeof registryPackSchema>;

export type RegistryArtifact = v.InferOutput<typeof registryArtifactSchema>;

/** Members of a manifest, at any level, that are left out while they are empty. */
export const REGISTRY_PACK_OPTIONAL = [
  ...["pack_type", "publisher", "source", "risk_class", "use_case", "compatibility", "provenance"],
  ...["signatures", "signed_digest", "media_type"],
] as const;

/** The written form of a manifest: what is empty is left out, at every level. */
export function encodeRegistryPack(pack: RegistryPack): JsonObject {
  const plain = {
    ...pack,
    artifacts: pack.artifacts?.map((artifact) => omitEmpty(artifact, "media_type")) ?? null,
    signatures: pack.signatures.map((signature) => omitEmpty(signature, "signed_digest")),
  };
  return omitEmpty(plain, ...REGISTRY_PACK_OPTIONAL);
}

/** Members of a report that a writer omits if they are empty. */
export const REGISTRY_REPORT_OPTIONAL = [
  "pin_path",
  "pin_digest",
  "publisher",
  "source",
  "failure_reasons",
] as const;

/** What verifying a manifest came to (docs/spec/registry.md section 4). */
export const registryReportSchema = object({
  schema_id: v.literal(REGISTRY_REPORT_SCHEMA_ID),
  schema_version: v.literal("1.0.0"),
  created_at: time,
  producer_version: v.string(),
  pack_name: v.string(),
  pack_version: v.string(),
  digest: v.string(),
  metadata_path: v.string(),
  pin_path: v.optional(v.string()),
  pin_digest: v.optional(v.string()),
  pin_present: v.boolean(),
  pin_verified: v.boolean(),
  signature_verified: v.boolean(),
  publisher: v.optional(v.string()),
  source: v.optional(v.string()),
  publisher_allowed: v.boolean(),
  status: v.picklist(["pass", "fail"]),
  failure_reasons: v.optional(v.array(v.string())),
});

export type RegistryReport = v.InferOutput<typeof registryReportSchema>;

export const PUBLISHERS_SCHEMA_ID = "gait.registry.publishers";

/** Which keys speak for which publisher, in the trust folder. */
export const publishersSchema = strictObject({
  schema_id: v.literal(PUBLISHERS_SCHEMA_ID),
  schema_version: v.literal("1.0.0"),
  publishers: v.array(strictObject({
    name: v.pipe(v.string(), v.minLength(1)),
    key_ids: v.array(v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/))),
  })),
});

export const REGISTRY_LOCK_SCHEMA_ID = "gait.registry.lock";

const digest = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));

/** The packs that a project was tried with: whatever else is installed there is another. */
export const registryLockSchema = strictObject({
  schema_id: v.literal(REGISTRY_LOCK_SCHEMA_ID),
  schema_version: v.literal("1.0.0"),
  packs: v.array(strictObject({
    pack_name: v.pipe(v.string(), v.minLength(1)),
    pack_version: v.pipe(v.string(), v.minLength(1)),
    digest,
    source: v.pipe(v.string(), v.minLength(1)),
    artifacts: v.boolean(),
  })),
});

export type RegistryLock = v.InferOutput<typeof registryLockSchema>;
export type LockedPack = RegistryLock["packs"][number];
