import { invalidInput } from "../../errors/mod.ts";
import { compareBytewise } from "../../formats/bytes.ts";
import { canonicalBytes, type JsonObject, readJson } from "../../formats/json/mod.ts";
import { EPOCH_1980, isZeroTime, toUtc } from "../../formats/time.ts";
import {
  type ContextEnvelope,
  contextEnvelopeSchema,
  type ContextRecord,
  ENVELOPE_SCHEMA_ID,
  MAX_ENVELOPE_BYTES,
} from "../../schema/context.ts";
import { decode } from "../../schema/fields.ts";
import { encodeReceipt } from "../../schema/runpack.ts";
import { RECORD_VERSION } from "../../schema/runpack_layout.ts";
import { digestOf, isHexDigest } from "../../signing/mod.ts";
import { trim, trimLower } from "../../formats/text.ts";

/**
 * Read a context envelope: normalise its records, sort them, and check or compute its digest (docs/spec/core.md 5.1,
 * docs/spec/gate.md 4.6). Duplicate keys are refused, because an envelope can turn a block into an allow.
 *
 * @param given the file, or an object
 * @param limit largest size in bytes
 * @throws {GaitError} `invalid_input`
 */
export async function readContextEnvelope(
  given: Uint8Array | JsonObject,
  limit = MAX_ENVELOPE_BYTES,
): Promise<ContextEnvelope> {
  const what = "context envelope";
  const isFile = given instanceof Uint8Array;
  const { length } = isFile ? given : canonicalBytes(given);
  if (length > limit) throw invalidInput(`Cannot read ${what}: it is larger than ${limit} bytes`);
  const value = isFile ? readJson(given, { what, duplicates: "refuse", numbers: "exact" }) : given;
  return await normalizeEnvelope(decode(contextEnvelopeSchema, value, what));
}

/**
 * Normalise an envelope and check its digest (docs/spec/pack.md 8.1 to 8.3).
 *
 * @throws {GaitError} `invalid_input`
 */
export async function normalizeEnvelope(given: ContextEnvelope): Promise<ContextEnvelope> {
  const what = "context envelope";
  const schemaId = trim(given.schema_id) || ENVELOPE_SCHEMA_ID;
  const version = trim(given.schema_version) || RECORD_VERSION;
  if (schemaId !== ENVELOPE_SCHEMA_ID || version !== RECORD_VERSION) {
    throw invalidInput(`Cannot read ${what}: it is "${schemaId}" ${version}`);
  }
  const setId = trim(given.context_set_id);
  if (setId === "") throw invalidInput(`Cannot read ${what}: context_set_id is missing`);
  const mode = trimLower(given.evidence_mode) || "best_effort";
  if (mode !== "best_effort" && mode !== "required") {
    throw invalidInput(`Cannot read ${what}: evidence_mode "${mode}"`);
  }
  const records = given.records.map(normalizeRecord).sort(compareRecords);
  const digest = await digestOf(records.map(encodeReceipt));
  const claimed = trimLower(given.context_set_digest);
  if (claimed !== "" && claimed !== digest) {
    throw invalidInput(`Cannot read ${what}: context_set_digest does not fit its records`);
  }
  return {
    schema_id: schemaId,
    schema_version: version,
    created_at: isZeroTime(given.created_at) ? EPOCH_1980 : toUtc(given.created_at),
    producer_version: trim(given.producer_version) || "0.0.0-dev",
    context_set_id: setId,
    context_set_digest: digest,
    evidence_mode: mode,
    records,
  };
}

function normalizeRecord(record: ContextRecord): ContextRecord {
  const required = (name: "ref_id" | "source_type" | "source_locator" | "redaction_mode") => {
    const value = trim(record[name]);
    if (value === "") throw invalidInput(`Cannot read context envelope: a record has no ${name}`);
    return value;
  };
  const digest = (name: "query_digest" | "content_digest") => {
    const value = trimLower(record[name]);
    if (!isHexDigest(value)) {
      throw invalidInput(`Cannot read context envelope: ${name} must be 64 hex digits`);
    }
    return value;
  };
  const immutability = trimLower(record.immutability) || "unknown";
  if (!["unknown", "mutable", "immutable"].includes(immutability)) {
    throw invalidInput(`Cannot read context envelope: immutability "${immutability}"`);
  }
  if (record.freshness_sla_seconds < 0) {
    throw invalidInput("Cannot read context envelope: freshness_sla_seconds is negative");
  }
  return {
    ...record,
    ref_id: required("ref_id"),
    source_type: required("source_type"),
    source_locator: required("source_locator"),
    query_digest: digest("query_digest"),
    content_digest: digest("content_digest"),
    redaction_mode: required("redaction_mode"),
    sensitivity_label: trim(record.sensitivity_label),
    immutability,
    retrieved_at: isZeroTime(record.retrieved_at) ? EPOCH_1980 : toUtc(record.retrieved_at),
  };
}

function compareRecords(a: ContextRecord, b: ContextRecord): number {
  return compareBytewise(a.ref_id, b.ref_id) || compareBytewise(a.source_type, b.source_type) ||
    compareBytewise(a.source_locator, b.source_locator) ||
    compareBytewise(a.content_digest, b.content_digest);
}
