import { invalidInput } from "../errors/mod.ts";
import { fromBase64, utf8 } from "../formats/bytes.ts";
import { isJsonObject, type JsonObject, type JsonValue, readJsonLinesOf } from "../formats/json/mod.ts";
import { isZeroTime, toUtc } from "../formats/time.ts";
import { decode } from "../schema/fields.ts";
import { PROOF_RECORD_TYPES, type ProofRecord, proofRecordSchema } from "../schema/proof_record.ts";
import { digestOf, keyFor, type TrustedKeys, verifyEd25519 } from "../signing/mod.ts";
import { DOCUMENT_LIMITS } from "../formats/zip/documents.ts";

/** A verified chain of proof records. */
export interface ProofChain {
  readonly records: number;
  /** Errors in record signatures, with the texts of docs/spec/pack.md 1.5. */
  readonly signatureErrors: readonly string[];
}

const WHAT = "proof_records.jsonl";
const HASH = /^sha256:[a-f0-9]{64}$/;
const SIGNATURE = /^(base64|cosign):.+/s;

/**
 * Verify a chain of proof records (docs/spec/pack.md 1.5).
 *
 * @param chunks content of the entry; one record at a time is in memory
 * @param visit called with each record, in order; its findings are valid only if the whole chain is
 * @param trusted keys to check signatures of records with; absent if no signature is required
 * @throws {GaitError} `invalid_input` at the first record that is malformed or breaks the chain
 */
export async function checkProofRecords(
  chunks: AsyncIterable<Uint8Array>,
  visit: (record: ProofRecord) => void,
  trusted?: TrustedKeys,
): Promise<ProofChain> {
  let records = 0;
  const signatureErrors: string[] = [];
  let previous = "";
  const options = { duplicates: "refuse", numbers: "exact", weight: DOCUMENT_LIMITS.weight } as const;
  for await (const { line, value } of readJsonLinesOf(chunks, WHAT, options)) {
    const what = `${WHAT}, line ${line}`;
    const record = checkForm(value, what);
    const { record_hash: hash, previous_record_hash: named = "" } = record.integrity;
    if (named !== previous) {
      throw invalidInput(`Cannot read ${what}: it does not follow the record before it`);
    }
    if (await recordHash(record, value as JsonObject) !== hash) {
      throw invalidInput(`Cannot read ${what}: record_hash does not fit the record`);
    }
    if (trusted && trusted.source !== "none") {
      const problem = await checkRecordSignature(record, trusted);
      if (problem !== undefined) signatureErrors.push(`proof_records line ${line} ${problem}`);
    }
    visit(record);
    records++;
    previous = hash;
  }
  return { records, signatureErrors };
}

function checkForm(value: JsonValue, what: string): ProofRecord {
  const refuse = (reason: string): never => {
    throw invalidInput(`Cannot read ${what}: ${reason}`);
  };
  const record = decode(proofRecordSchema, value, what);
  for (const name of ["record_version", "source", "source_product", "record_type"] as const) {
    if (record[name].trim() === "") refuse(`${name} is missing`);
  }
  if (isZeroTime(record.timestamp)) refuse("timestamp is missing");
  if (record.record_id === "") refuse("record_id is missing");
  if (!(PROOF_RECORD_TYPES as readonly string[]).includes(record.record_type)) {
    refuse(`record_type "${record.record_type}" is unknown`);
  }
  const { record_hash, previous_record_hash, signature } = record.integrity;
  if (!HASH.test(record_hash)) refuse("record_hash must be sha256: and 64 hex digits");
  if (previous_record_hash !== undefined && !HASH.test(previous_record_hash)) {
    refuse("previous_record_hash must be sha256: and 64 hex digits");
  }
  if (signature !== undefined && !SIGNATURE.test(signature)) refuse("signature has an unknown form");
  for (const name of ["relationship", "relations"] as const) {
    checkRelationship(record[name], `${what}: ${name}`);
  }
  return record;
}

/** The required hash of a record: over its known members only. */
async function recordHash(record: ProofRecord, given: JsonObject): Promise<string> {
  const hashed: JsonObject = {
    record_id: record.record_id,
    record_version: record.record_version,
    timestamp: `${toUtc(record.timestamp).slice(0, 19)}Z`,
    source: record.source,
    source_product: record.source_product,
    agent_id: record.agent_id,
    record_type: record.record_type,
    event: record.event,
    controls: hashedControls(record.controls),
    metadata: record.metadata ?? null,
    integrity: { previous_record_hash: record.integrity.previous_record_hash ?? "" },
  };
  for (const name of ["relationship", "relations"] as const) {
    if (isJsonObject(given[name])) hashed[name] = given[name];
  }
  return `sha256:${await digestOf(hashed)}`;
}

/**
 * Only the known members of controls are hashed.
 *
 * @throws {GaitError} `invalid_input` when a known member has another type
 */
function hashedControls(controls: JsonObject): JsonObject {
  const typed = (name: string, type: "boolean" | "string") => {
    const value = controls[name];
    if (value !== undefined && value !== null && typeof value !== type) {
      throw invalidInput(`Cannot read ${WHAT}: controls.${name} must be a ${type}`);
    }
    return value ?? undefined;
  };
  const hashed: JsonObject = { permissions_enforced: typed("permissions_enforced", "boolean") ?? false };
  const scope = typed("approved_scope", "string");
  const within = typed("within_scope", "boolean");
  if (scope !== undefined && scope !== "") hashed.approved_scope = scope;
  if (within !== undefined) hashed.within_scope = within;
  const oversight = controls.human_oversight ?? undefined;
  if (oversight !== undefined && !isJsonObject(oversight)) {
    throw invalidInput(`Cannot read ${WHAT}: controls.human_oversight must be an object`);
  }
  if (oversight !== undefined) hashed.human_oversight = oversight;
  return hashed;
}

async function checkRecordSignature(
  { integrity }: ProofRecord,
  trusted: TrustedKeys,
): Promise<string | undefined> {
  const { signature = "", signing_key_id: keyId, record_hash: hash } = integrity;
  if (signature === "") return "missing signature";
  if (keyId === "") return "missing signing_key_id";
  if (!signature.startsWith("base64:")) return "unsupported signature prefix";
  const candidate = keyFor(trusted, keyId);
  if (!candidate || candidate.key.id !== keyId) return "signature verification: key id mismatch";
  const bytes = fromBase64(signature.slice("base64:".length));
  if (!bytes) return "signature verification: illegal base64 data";
  if (bytes.length !== 64) return `signature verification: invalid signature length: ${bytes.length}`;
  const holds = await verifyEd25519(candidate.key.handle, bytes, utf8(hash));
  return holds ? undefined : "signature verification failed";
}

/** Kinds and roles that a relationship may name (docs/spec/core.md 4.4). */
const PARENTS = ["trace", "run", "session", "intent", "policy", "agent", "evidence"];
const ENTITIES = ["agent", "tool", "resource", "policy", "run", "trace", "delegation", "evidence"];
const EDGES = ["delegates_to", "calls", "governed_by", "targets", "derived_from", "emits_evidence"];
const ROLES = ["requester", "delegator", "delegate"];

/**
 * Check the relationship of a foreign proof record: kinds and roles are a closed set, ids are not empty
 * (docs/spec/pack.md 1.5).
 *
 * @throws {GaitError} `invalid_input`
 */
export function checkRelationship(given: JsonObject | undefined, what: string): void {
  if (given === undefined) return;
  const refuse = (reason: string): never => {
    throw invalidInput(`Cannot read ${what}: ${reason}`);
  };
  const member = (holder: JsonObject, name: string, allowed?: readonly string[]) => {
    const value = holder[name];
    if (typeof value !== "string" || value === "") refuse(`${name} is missing`);
    else if (allowed && !allowed.includes(value)) refuse(`${name} "${value}" is unknown`);
  };
  const objectOf = (value: JsonValue): JsonObject =>
    isJsonObject(value) ? value : refuse("expected an object");
  const listOf = (value: JsonValue | undefined): JsonObject[] =>
    value === undefined || value === null
      ? []
      : Array.isArray(value)
      ? value.map(objectOf)
      : refuse("expected a list");
  const node = (value: JsonValue, allowed: readonly string[]) => {
    const holder = objectOf(value);
    member(holder, "kind", allowed);
    member(holder, "id");
  };
  if (given.parent_ref !== undefined && given.parent_ref !== null) node(given.parent_ref, PARENTS);
  for (const entity of listOf(given.entity_refs)) node(entity, ENTITIES);
  for (const link of listOf(given.agent_chain)) {
    member(link, "identity");
    member(link, "role", ROLES);
  }
  for (const edge of listOf(given.edges)) {
    member(edge, "kind", EDGES);
    for (const end of ["from", "to"]) node(edge[end] ?? null, ENTITIES);
  }
}
