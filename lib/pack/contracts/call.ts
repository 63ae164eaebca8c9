import { CALL_COUNTS, type CallPayload, callPayloadSchema } from "../../schema/pack.ts";
import { readJson, readJsonLines } from "../../formats/json/mod.ts";
import { compareInstants, isZeroTime } from "../../formats/time.ts";
import type { ZipArchive } from "../../formats/zip/mod.ts";
import { trim } from "../../formats/text.ts";
import { decode, listOf } from "../../schema/fields.ts";
import { PACK_ENTRY, PACK_SCHEMA_ID } from "../../schema/pack_layout.ts";
import { RECORD_VERSION } from "../../schema/runpack_layout.ts";
import {
  callEventSchema,
  type CallpackManifest,
  callpackManifestSchema,
  gateDecisionSchema,
  referenceDigestSchema,
  speakReceiptSchema,
} from "../../schema/voice/call.ts";
import { strictCommitmentSchema } from "../../schema/voice/commitment_intent.ts";
import { CALL_ENTRY, PRIVACY_MODES, VOICE_SCHEMA_ID } from "../../schema/voice/layout.ts";
import { normalizeCommitment } from "../../voice/commitment.ts";
import {
  demandCoverage,
  normalizeDecision,
  normalizeEvent,
  normalizeReceipt,
  normalizeReferences,
} from "../../voice/call/events.ts";
import { callIdOf } from "../../voice/call/fields.ts";
import { demandOrder } from "../../voice/call/record.ts";
import { demandAllows, demandReceipts } from "../../voice/call/speak_gate.ts";
import { CALL_LIST_LIMITS, readDocument } from "../../formats/zip/documents.ts";
import { approvalWarnings, callWarnings } from "../call_warnings.ts";
import { checkCallTokens } from "../call_tokens.ts";
import { checkEmbeddedRunpack } from "../embedded_runpack.ts";
import { type Contract, decodeDocument, demand, demandEntries } from "./contract.ts";

/** Evidence is read without duplicate keys and without rounding. */
const STRICTLY = { duplicates: "refuse", numbers: "exact" } as const;

/** The members that payload and callpack manifest share. */
type Head = Omit<CallPayload, "run_id">;

/** Read the payload of a call pack, checking its form but not its values. */
export async function readCallPayload(archive: ZipArchive): Promise<CallPayload> {
  return await decodeDocument(archive, PACK_ENTRY.callPayload, callPayloadSchema, "exact");
}

/** The contract of a call pack (docs/spec/voice.md section 6), in its order, including the embedded runpack. */
const checkCall: Contract = async (archive, { source_ref }, { trusted }) => {
  demandEntries(archive, [PACK_ENTRY.callPayload, ...Object.values(CALL_ENTRY), PACK_ENTRY.runpack]);
  const payload = await readCallPayload(archive);
  checkHead(payload, PACK_SCHEMA_ID.call, PACK_ENTRY.callPayload);
  const { call_id: callId } = payload;
  demand(callId === trim(source_ref), PACK_ENTRY.callPayload, "call_id is not the source_ref");
  const manifest = await readCallpackManifest(archive);
  demand(manifest.call_id === callId, CALL_ENTRY.manifest, "call_id is not that of the payload");

  const events = await lines(
    archive,
    CALL_ENTRY.events,
    (value, what) => normalizeEvent(decode(callEventSchema, value, what), callId, what),
  );
  demandOrder(events, CALL_ENTRY.events);
  demandCoverage(events, CALL_ENTRY.events);
  const commitments = await lines(
    archive,
    CALL_ENTRY.commitments,
    (value, what) => normalizeCommitment(decode(strictCommitmentSchema, value, what), what).commitment,
  );
  const decisions = await lines(
    archive,
    CALL_ENTRY.decisions,
    (value, what) => normalizeDecision(decode(gateDecisionSchema, value, what), callId, what),
  );
  const receipts = await lines(
    archive,
    CALL_ENTRY.receipts,
    (value, what) => normalizeReceipt(decode(speakReceiptSchema, value, what), callId, what),
  );
  demandReceipts(events, receipts);
  const references = await readReferences(archive);
  for (const [i, one] of commitments.entries()) {
    callIdOf(one.call_id, callId, `${CALL_ENTRY.commitments}, record ${i + 1}`);
  }
  demandAllows(decisions, receipts);

  const found = [events, commitments, decisions, receipts, references].map((list) => list.length);
  for (const [i, name] of CALL_COUNTS.entries()) {
    demand(payload[name] === found[i], PACK_ENTRY.callPayload, `${name} is not what the pack holds`);
  }
  compareHeads(payload, manifest);
  return [
    ...callWarnings({ events, commitments, decisions, receipts }, payload.privacy_mode),
    ...approvalWarnings({ commitments, decisions }, references),
    ...await checkCallTokens(archive, { events, commitments, decisions, receipts }, trusted),
    ...await checkEmbeddedRunpack(archive, trusted, undefined, trim(payload.run_id)),
  ];
};

export default checkCall;

async function readCallpackManifest(archive: ZipArchive): Promise<CallpackManifest> {
  const what = CALL_ENTRY.manifest;
  const manifest = await decodeDocument(archive, what, callpackManifestSchema, "exact");
  checkHead(manifest, VOICE_SCHEMA_ID.callpackManifest, what);
  demand(trim(manifest.producer_version) !== "", what, "producer_version is missing");
  return manifest;
}

function checkHead(head: Head, schemaId: string, what: string): void {
  demand(
    head.schema_id === schemaId && head.schema_version === RECORD_VERSION,
    what,
    `it is "${head.schema_id}" ${head.schema_version}`,
  );
  demand(!isZeroTime(head.created_at), what, "created_at is missing");
  demand(trim(head.call_id) !== "", what, "call_id is missing");
  demand(
    (PRIVACY_MODES as readonly string[]).includes(head.privacy_mode),
    what,
    `privacy_mode "${head.privacy_mode}"`,
  );
  demand(CALL_COUNTS.every((name) => head[name] >= 0), what, "a count is negative");
}

function compareHeads(payload: Head, manifest: Head): void {
  const must = (holds: boolean, name: string) =>
    demand(holds, CALL_ENTRY.manifest, `${name} is not that of the payload`);
  for (const name of CALL_COUNTS) must(payload[name] === manifest[name], name);
  must(payload.privacy_mode === manifest.privacy_mode, "privacy_mode");
  must(
    trim(payload.environment_fingerprint) === trim(manifest.environment_fingerprint),
    "environment_fingerprint",
  );
  must(compareInstants(payload.created_at, manifest.created_at) === 0, "created_at");
}

async function lines<T>(
  archive: ZipArchive,
  name: string,
  read: (value: Parameters<typeof decode>[1], what: string) => T,
): Promise<T[]> {
  const bytes = await readDocument(archive, name, CALL_LIST_LIMITS);
  return [...readJsonLines(bytes, name, STRICTLY)].map(({ line, value }) =>
    read(value, `${name}, line ${line}`)
  );
}

async function readReferences(archive: ZipArchive) {
  const what = CALL_ENTRY.references;
  const value = readJson(await readDocument(archive, what, CALL_LIST_LIMITS), { what, ...STRICTLY });
  return normalizeReferences(decode(listOf(referenceDigestSchema), value, what)).references;
}
