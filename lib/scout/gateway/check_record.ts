import { isJsonObject } from "../../formats/json/mod.ts";
import { cutToSeconds, toUtc } from "../../formats/time.ts";
import type { ProofRecord } from "../../schema/proof_record.ts";
import { GATEWAYS } from "./event.ts";
import { ARTIFACT_KIND, RECORD_TYPE, recordId } from "./proof.ts";

/**
 * The first difference between a proof record and what `gait gateway ingest` would write, apart from hash and
 * signature; `undefined` if there is none (docs/spec/scout.md section 4).
 */
export async function gatewayRecordProblem(record: ProofRecord): Promise<string | undefined> {
  const { event, metadata, timestamp, source, source_product, agent_id, record_type } = record;
  const gateway = GATEWAYS.find((name) => source === `gait.gateway.${name}`);
  if (gateway === undefined || event.gateway_source !== gateway) return "source is no gateway";
  if (record_type !== RECORD_TYPE || source_product !== "gait") return "record_type is no policy_enforcement";
  if (!isJsonObject(metadata) || metadata.artifact_kind !== ARTIFACT_KIND) {
    return "artifact_kind is another one";
  }
  const enforced = event.verdict === "block" || event.verdict === "require_approval";
  if (record.controls.permissions_enforced !== enforced) return "controls do not fit the verdict";
  // The hash covers the fraction of the time only in the metadata.
  const whole = metadata.event_timestamp ?? cutToSeconds(timestamp);
  if (toUtc(timestamp) !== timestamp || timestamp !== whole) return "timestamp has another fraction";
  const id = await recordId({ timestamp, source, source_product, agent_id, record_type, event });
  return id === record.record_id ? undefined : "record_id does not fit the record";
}
