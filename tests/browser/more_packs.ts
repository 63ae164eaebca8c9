import { buildAuthorizationPack } from "../../lib/evidence/pack/authorization.ts";
import { sealPack } from "../../lib/evidence/pack/seal.ts";
import { utf8 } from "../../lib/formats/bytes.ts";
import { canonicalize, type JsonObject } from "../../lib/formats/json/mod.ts";
import type { PrivateKey } from "../../lib/signing/mod.ts";
import { packSample } from "../support/sample_run.ts";

const T = "2026-05-01T08:00:00Z";
const SHA = "cd".repeat(32);
const CLASS = "refund";
const head = (name: string) => ({ schema_id: `gait.voice.${name}`, schema_version: "1.0.0" });
const jsonl = (records: readonly JsonObject[]) =>
  utf8(records.map((record) => canonicalize(record) + "\n").join(""));

/** A pack of a call in which one refund was allowed and spoken (spec/voice.md section 5). */
export async function callPackSample(key?: PrivateKey): Promise<Uint8Array<ArrayBuffer>> {
  const place = { call_id: "call_1", turn_index: 0 };
  const types = [
    "asr.final",
    "commitment.declared",
    "gate.decision",
    "tts.request",
    "tool.intent",
    "tool.result",
  ];
  const events: JsonObject[] = types.map((event_type, i) => ({
    ...head("call_event"),
    ...place,
    created_at: T,
    call_seq: i + 1,
    event_type,
  }));
  const said = { call_seq: 7, commitment_class: CLASS, say_token_id: "token_1" };
  events.push({ ...head("call_event"), ...place, ...said, created_at: T, event_type: "tts.emitted" });
  const decisions = [{
    ...place,
    call_seq: 3,
    commitment_class: CLASS,
    verdict: "allow",
    reason_codes: ["small_refund"],
  }];
  const receipts = [{ ...place, ...said, spoken_digest: SHA, emitted_at: T }];
  const counts = {
    event_count: events.length,
    commitment_count: 0,
    decision_count: 1,
    speak_receipt_count: 1,
    reference_digest_count: 0,
  };
  const about = { created_at: T, call_id: "call_1", privacy_mode: "hash_only", ...counts };
  const files = {
    "call_payload.json": utf8(
      canonicalize({
        schema_id: "gait.pack.call",
        schema_version: "1.0.0",
        ...about,
        run_id: "run_sample",
      }),
    ),
    "callpack_manifest.json": utf8(
      canonicalize({ ...head("callpack_manifest"), ...about, producer_version: "1.2.3" }),
    ),
    "call_events.jsonl": jsonl(events),
    "commitments.jsonl": new Uint8Array(),
    "gate_decisions.jsonl": jsonl(decisions),
    "speak_receipts.jsonl": jsonl(receipts),
    "reference_digests.json": utf8("null"),
    "source/runpack.zip": (await packSample()).bytes,
  };
  const pack = await sealPack({
    packType: "call",
    sourceRef: "call_1",
    producerVersion: "0.0.0-test",
    files: Object.entries(files).map(([path, content]) => ({ path, content })),
  }, key);
  return pack.bytes;
}

/** A pack of an authorization that links a trace. */
export async function authorizationPackSample(key?: PrivateKey): Promise<Uint8Array<ArrayBuffer>> {
  const bundle = {
    created_at: T,
    trace_id: "trace_1",
    policy_digest: SHA,
    intent_digest: SHA,
    trace_path: "trace.json",
    outcome_path: "outcome.json",
    outcome_status: "allow",
  };
  const contents: Record<string, string> = {
    "trace.json": '{"verdict":"allow"}',
    "outcome.json": '{"done":1}',
  };
  const read = (path: string) => Promise.resolve(utf8(contents[path]!));
  return (await buildAuthorizationPack(utf8(JSON.stringify(bundle)), read, "0.0.0-test", key)).bytes;
}
