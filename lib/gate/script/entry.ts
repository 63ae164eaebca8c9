import * as v from "valibot";
import { invalidInput } from "../../errors/mod.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../formats/json/mod.ts";
import { compareInstants, EPOCH_1980, isZeroTime, type Rfc3339 } from "../../formats/time.ts";
import { decode, object, omitEmpty, text, texts, time } from "../../schema/fields.ts";
import { signatureSchema } from "../../schema/runpack_manifest.ts";
import { isHexDigest, type PrivateKey, type Signature, signDocument } from "../../signing/mod.ts";
import { lset, set, trim, trimLower } from "../../formats/text.ts";

const SCHEMA_ID = "gait.gate.approved_script_entry";
const SCHEMA_VERSION = "1.0.0";

/** An approved script: the approval covers every later run (docs/spec/gate.md 6.2). */
export interface ScriptEntry {
  readonly createdAt: Rfc3339;
  readonly producerVersion: string;
  readonly patternId: string;
  readonly policyDigest: string;
  readonly scriptHash: string;
  /** Unique and sorted; the script hash pins order and repetition. */
  readonly toolSequence: readonly string[];
  readonly scope: readonly string[];
  readonly approverIdentity: string;
  readonly expiresAt: Rfc3339;
  readonly signature?: Signature;
}

const schema = object({
  schema_id: text,
  schema_version: text,
  created_at: time,
  producer_version: text,
  pattern_id: text,
  policy_digest: text,
  script_hash: text,
  tool_sequence: texts,
  scope: texts,
  approver_identity: text,
  expires_at: time,
  signature: v.nullish(signatureSchema),
});

/**
 * Read one entry of a registry and normalise it.
 *
 * @throws {GaitError} `invalid_input` when a member is missing or malformed
 */
export function parseEntry(value: JsonValue, what: string): ScriptEntry {
  const given = decode(schema, value, what);
  if (!isOrBlank(given.schema_id, SCHEMA_ID) || !isOrBlank(given.schema_version, SCHEMA_VERSION)) {
    throw invalidInput(`Cannot read ${what}: it is "${given.schema_id}" ${given.schema_version}`);
  }
  return checkEntry({
    createdAt: isZeroTime(given.created_at) ? EPOCH_1980 : given.created_at,
    producerVersion: given.producer_version,
    patternId: trim(given.pattern_id),
    policyDigest: trimLower(given.policy_digest),
    scriptHash: trimLower(given.script_hash),
    toolSequence: lset(given.tool_sequence),
    scope: set(given.scope),
    approverIdentity: trim(given.approver_identity),
    expiresAt: given.expires_at,
    ...(given.signature ? { signature: given.signature } : {}),
  }, what);
}

/**
 * Check the members of an entry.
 *
 * @throws {GaitError} `invalid_input`
 */
export function checkEntry(entry: ScriptEntry, what: string): ScriptEntry {
  const fail = (reason: string) => invalidInput(`Cannot use ${what}: ${reason}`);
  if (entry.patternId === "") throw fail("pattern_id is missing");
  if (entry.approverIdentity === "") throw fail("approver_identity is missing");
  if (!isHexDigest(entry.policyDigest)) throw fail("policy_digest must be 64 hex digits");
  if (!isHexDigest(entry.scriptHash)) throw fail("script_hash must be 64 hex digits");
  if (entry.toolSequence.length === 0) throw fail("tool_sequence is empty");
  if (compareInstants(entry.expiresAt, entry.createdAt) <= 0) {
    throw fail("expires_at must be after created_at");
  }
  return entry;
}

/** The written form without signature: what is signed. */
export function encodeUnsigned(entry: ScriptEntry): JsonObject {
  return omitEmpty({
    schema_id: SCHEMA_ID,
    schema_version: SCHEMA_VERSION,
    created_at: entry.createdAt,
    producer_version: entry.producerVersion,
    pattern_id: entry.patternId,
    policy_digest: entry.policyDigest,
    script_hash: entry.scriptHash,
    tool_sequence: [...entry.toolSequence],
    scope: [...entry.scope],
    approver_identity: entry.approverIdentity,
    expires_at: entry.expiresAt,
  }, "scope");
}

/** The written form. */
export function encodeEntry(entry: ScriptEntry): JsonObject {
  return { ...encodeUnsigned(entry), ...(entry.signature ? { signature: { ...entry.signature } } : {}) };
}

/** The entry with a signature over everything else. */
export async function signEntry(entry: ScriptEntry, key: PrivateKey): Promise<ScriptEntry> {
  return { ...entry, signature: await signDocument(encodeUnsigned(entry), key) };
}

function isOrBlank(given: string, expected: string): boolean {
  return given === "" || given === expected;
}

/** The entries of a registry file: a bare list, or the member `entries`. */
export function entriesOf(document: JsonValue, what: string): readonly JsonValue[] {
  if (
    isJsonObject(document) && document.entries === undefined && Object.keys(document).some(isForeignMember)
  ) {
    throw invalidInput(`Cannot read ${what}: it is not a registry of approved scripts`);
  }
  const list = isJsonObject(document) ? document.entries ?? [] : document;
  if (!Array.isArray(list)) throw invalidInput(`Cannot read ${what}: "entries" is not a list`);
  return list;
}

/**
 * A registry without entries may have these members. Any other member means that the file is something else, which
 * would be overwritten.
 */
function isForeignMember(member: string): boolean {
  return !["schema_id", "schema_version", "created_at", "producer_version"].includes(member);
}
