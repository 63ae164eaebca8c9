import { readJsonLines, readJsonObject } from "../../../formats/json/mod.ts";
import { isZeroTime } from "../../../formats/time.ts";
import type { ZipArchive } from "../../../formats/zip/mod.ts";
import { decode } from "../../../schema/fields.ts";
import { type CallPayload, callPayloadSchema } from "../../../schema/pack.ts";
import { PACK_ENTRY, PACK_SCHEMA_ID } from "../../../schema/pack_layout.ts";
import { RECORD_VERSION } from "../../../schema/runpack_layout.ts";
import { checkEmbeddedRunpack } from "../embedded_runpack.ts";
import { type Contract, demand, demandEntries } from "./contract.ts";

/** Lists of a call pack with the member of the payload that counts them (spec/voice.md section 6). */
const LISTS = [
  ["call_events.jsonl", "event_count"],
  ["commitments.jsonl", "commitment_count"],
  ["gate_decisions.jsonl", "decision_count"],
  ["speak_receipts.jsonl", "speak_receipt_count"],
] as const;

/** Read the payload of a call pack, strictly in its form but not yet in its values. */
export async function readCallPayload(archive: ZipArchive): Promise<CallPayload> {
  const what = PACK_ENTRY.callPayload;
  return decode(
    callPayloadSchema,
    readJsonObject(await archive.read(what), { what, duplicates: "refuse" }),
    what,
  );
}

/** The contract of a call pack as far as every pack has one: payload, lists that can be read, an intact runpack. */
const checkCall: Contract = async (archive, { source_ref }, { trusted }) => {
  demandEntries(archive, [
    PACK_ENTRY.callPayload,
    "callpack_manifest.json",
    ...LISTS.map(([name]) => name),
    "reference_digests.json",
    PACK_ENTRY.runpack,
  ]);
  const payload = await readCallPayload(archive);
  const must = (holds: boolean, reason: string) => demand(holds, PACK_ENTRY.callPayload, reason);
  must(
    payload.schema_id === PACK_SCHEMA_ID.call && payload.schema_version === RECORD_VERSION,
    `it is "${payload.schema_id}" ${payload.schema_version}`,
  );
  must(!isZeroTime(payload.created_at), "created_at is missing");
  must(
    payload.call_id.trim() !== "" && payload.call_id === source_ref.trim(),
    "call_id is not the source_ref",
  );
  must(
    ["hash_only", "dispute_encrypted"].includes(payload.privacy_mode),
    `privacy_mode "${payload.privacy_mode}"`,
  );
  for (const [name, member] of LISTS) {
    const lines = [
      ...readJsonLines(await archive.read(name), name, { duplicates: "refuse", numbers: "exact" }),
    ];
    must(payload[member] === lines.length, `${member} is not the number of records in ${name}`);
  }
  return await checkEmbeddedRunpack(archive, trusted);
};

export default checkCall;
