import * as v from "valibot";
import { object, text, wholeNumber } from "./fields.ts";

/*
 * The report of `gait scout signal` (docs/spec/scout.md section 3).
 */

export const SIGNAL_DOCUMENT_ID = "gait.scout.signal_report";
export const FINGERPRINT_DOCUMENT_ID = "gait.scout.run_fingerprint";

const string = v.string();
const strings = v.array(string);
const name = v.pipe(string, v.minLength(1));
const atLeastOne = v.pipe(v.number(), v.integer(), v.minValue(1));
const sha256Hex = v.pipe(string, v.regex(/^[0-9a-f]{64}$/));

/** What one run did and how it failed. */
export const fingerprintDocumentSchema = object({
  schema_id: v.literal(FINGERPRINT_DOCUMENT_ID),
  schema_version: text,
  created_at: text,
  producer_version: name,
  run_id: name,
  fingerprint: sha256Hex,
  action_sequence: strings,
  tool_classes: v.array(v.picklist(["destructive", "execute", "read", "write"])),
  target_systems: strings,
  reason_code_vector: strings,
  ref_receipt_digests: strings,
  source_runpack: name,
  trace_count: atLeastOne,
  regress_evidence_seen: v.literal(true),
});

const driver = v.picklist([
  "policy_change",
  "tool_result_shape_change",
  "reference_set_change",
  "configuration_change",
]);
const familyHead = {
  family_id: v.pipe(string, v.regex(/^fam_[0-9a-f]{12}$/)),
  fingerprint: sha256Hex,
  count: atLeastOne,
};
const familyTail = {
  canonical_run_id: name,
  top_failure_reason: string,
  drivers: v.array(driver),
  severity_score: wholeNumber,
  severity_level: v.picklist(["low", "medium", "high", "critical"]),
  suggestions: v.array(object({
    kind: v.picklist(["policy_fixture", "regress_fixture", "configuration"]),
    summary: name,
    likely_scope: name,
  })),
};

/** What runs have in common, the worst first. */
export const signalDocumentSchema = object({
  schema_id: v.literal(SIGNAL_DOCUMENT_ID),
  schema_version: text,
  created_at: text,
  producer_version: name,
  run_count: wholeNumber,
  family_count: wholeNumber,
  fingerprints: v.array(fingerprintDocumentSchema),
  families: v.array(object({
    ...familyHead,
    run_ids: strings,
    ...familyTail,
    artifact_pointers: strings,
    healthy: v.literal(true),
  })),
  top_issues: v.array(object({ rank: atLeastOne, ...familyHead, ...familyTail })),
});
