import { base64, utf8 } from "../../formats/bytes.ts";
import { canonicalize, type JsonObject } from "../../formats/json/mod.ts";
import { cutToSeconds, type Rfc3339 } from "../../formats/time.ts";
import { digestOf, type Hasher, type PrivateKey, type Signer } from "../../signing/mod.ts";
import type { Gateway, GatewayEvent } from "./event.ts";

export const RECORD_TYPE = "policy_enforcement";
export const ARTIFACT_KIND = "gait.gateway.policy_enforcement";

/** The values shared by all proof records of a log. */
export interface ProofContext {
  readonly gateway: Gateway;
  /** Cleaned path of the log. */
  readonly logPath: string;
  readonly version: string;
  readonly key: PrivateKey;
  readonly hash: Hasher;
  readonly sign: Signer;
}

/** The position of an event in its log. */
export interface EventPlace {
  readonly line: number;
  /** `sha256:` and the digest of the line. */
  readonly digest: string;
}

/** The members of a record that its id covers; the id uses whole seconds only. */
export interface IdentifiedRecord {
  readonly timestamp: Rfc3339;
  readonly source: string;
  readonly source_product: string;
  readonly agent_id: string;
  readonly record_type: string;
  readonly event: JsonObject;
}

/** The id of a record (docs/spec/scout.md section 4). */
export async function recordId(record: IdentifiedRecord, hash?: Hasher): Promise<string> {
  const timestamp = cutToSeconds(record.timestamp);
  return `prf-${timestamp}-${(await digestOf({ ...record, timestamp }, hash)).slice(0, 8)}`;
}

/** One line of the proof file, and the hash that the next record links to. */
export interface ProofLine {
  readonly text: string;
  readonly hash: string;
}

/**
 * The signed proof record of an event (docs/spec/scout.md section 4).
 *
 * @param previous hash of the previous record; empty for the first one
 */
export async function makeProof(
  event: GatewayEvent,
  place: EventPlace,
  previous: string,
  { gateway, logPath, version, key, hash, sign }: ProofContext,
): Promise<ProofLine> {
  const identified = {
    timestamp: event.timestamp,
    source: `gait.gateway.${gateway}`,
    source_product: "gait",
    agent_id: event.agentId,
    record_type: RECORD_TYPE,
    event: {
      gateway_source: gateway,
      gateway_log_digest: place.digest,
      gateway_request_id: event.requestId,
      gateway_status_code: event.status,
      path: event.path,
      policy_digest: event.policyDigest,
      producer_version: version,
      reason_codes: event.reasonCodes === null ? null : [...event.reasonCodes],
      tool_name: event.toolName,
      verdict: event.verdict,
    },
  };
  const seconds = cutToSeconds(event.timestamp);
  const record: JsonObject = {
    ...identified,
    record_id: await recordId(identified, hash),
    record_version: "1.0",
    controls: { permissions_enforced: event.verdict === "block" || event.verdict === "require_approval" },
    metadata: {
      artifact_kind: ARTIFACT_KIND,
      gateway_input_line: place.line,
      gateway_log_path: logPath,
      // The hash covers whole seconds of the timestamp; here it covers the fraction.
      ...(seconds === event.timestamp ? {} : { event_timestamp: event.timestamp }),
    },
  };
  const hashed = { ...record, timestamp: seconds, integrity: { previous_record_hash: previous } };
  const recordHash = `sha256:${await digestOf(hashed, hash)}`;
  return {
    hash: recordHash,
    text: canonicalize({
      ...record,
      integrity: {
        record_hash: recordHash,
        ...(previous === "" ? {} : { previous_record_hash: previous }),
        signing_key_id: key.public.id,
        signature: `base64:${base64(await sign(key, utf8(recordHash)))}`,
      },
    }),
  };
}
