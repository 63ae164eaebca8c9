import { readCallRecord } from "../../lib/voice/call/record.ts";
import { buildCallPack } from "../../lib/pack/build_call.ts";
import { utf8 } from "../../lib/formats/bytes.ts";
import { timeOfMillis } from "../../lib/formats/time.ts";
import type { PrivateKey, PublicKey } from "../../lib/signing/mod.ts";
import { gateIntentOf, mintSayToken } from "../../lib/voice/mint.ts";
import type { CheckSayTokenOptions } from "../../lib/voice/check_say_token.ts";
import { readCommitment } from "../../lib/voice/commitment.ts";
import { intentDigest } from "../../lib/intent/digest.ts";
import { packSample } from "./sample_run.ts";

const CALL = "call_12";
const DIGEST = (digit: string) => digit.repeat(64);

/** What the agent of the sample call is about to promise. */
export const COMMITMENT = {
  schema_id: "gait.voice.commitment_intent",
  schema_version: "1.0.0",
  created_at: "2026-03-02T09:00:02Z",
  producer_version: "adapter/1",
  call_id: CALL,
  turn_index: 4,
  call_seq: 2,
  commitment_class: "refund",
  context: { identity: "agent.desk", workspace: "/srv/desk", risk_class: "high" },
  currency: "EUR",
  refund_ceiling_cents: 50_000,
};

const event = (seq: number, type: string, more: object = {}) => ({
  created_at: `2026-03-02T09:00:0${seq}Z`,
  call_id: CALL,
  call_seq: seq,
  turn_index: 4,
  event_type: type,
  ...more,
});

/** The record of a call in which one refund was promised, with permission. A fresh copy each time. */
// deno-lint-ignore no-explicit-any -- tests break the shape on purpose
export function callRecord(): any {
  const spoken = { commitment_class: "refund", say_token_id: "say_1" };
  return {
    created_at: "2026-03-02T09:05:00Z",
    producer_version: "adapter/1",
    call_id: CALL,
    runpack_path: "run.zip",
    environment_fingerprint: "envfp:desk",
    events: [
      event(1, "asr.final", { payload_digest: DIGEST("1") }),
      event(2, "commitment.declared", { commitment_class: "refund" }),
      event(3, "gate.decision", { commitment_class: "refund", intent_digest: DIGEST("a") }),
      event(4, "tts.request", spoken),
      event(5, "tts.emitted", { ...spoken, attributes: { latency_ms: 120, voice: "alto" } }),
      event(6, "tool.intent"),
      event(7, "tool.result", { payload_digest: DIGEST("7") }),
    ],
    commitments: [structuredClone(COMMITMENT)],
    gate_decisions: [{
      call_id: CALL,
      call_seq: 3,
      turn_index: 4,
      commitment_class: "refund",
      verdict: "allow",
      reason_codes: ["small_refund"],
      intent_digest: DIGEST("a"),
    }],
    speak_receipts: [{
      call_id: CALL,
      call_seq: 5,
      turn_index: 4,
      commitment_class: "refund",
      say_token_id: "say_1",
      spoken_digest: DIGEST("d"),
      emitted_at: "2026-03-02T09:00:05.25Z",
    }],
    reference_digests: [{ ref_id: "tariff", sha256: DIGEST("f") }],
  };
}

/** A callpack of the sample call, or of a changed one. */
export async function callPackSample(
  key?: PrivateKey,
  // deno-lint-ignore no-explicit-any -- tests break the shape on purpose
  change: (record: any) => void = () => {},
): Promise<Uint8Array<ArrayBuffer>> {
  const record = callRecord();
  change(record);
  const { bytes } = await packSample();
  const read = readCallRecord(utf8(JSON.stringify(record)), "call record");
  return (await buildCallPack(read, bytes, "0.0.0-test", key)).bytes;
}

/** The clock of the sample token: 2 March 2026, 9:00 UTC. */
export const MINTED_AT = Date.UTC(2026, 2, 2, 9);

/** A token for the commitment of the sample call, good for two minutes. */
// deno-lint-ignore no-explicit-any -- tests break the shape on purpose
export async function sayTokenSample(key: PrivateKey, change: (commitment: any) => void = () => {}) {
  const given = structuredClone(COMMITMENT);
  change(given);
  const { commitment } = readCommitment(utf8(JSON.stringify(given)), "commitment");
  return await mintSayToken(
    {
      commitment,
      intentDigest: await intentDigest(await gateIntentOf(commitment)),
      policyDigest: DIGEST("b"),
      ttl: 120_000_000_000n,
    },
    key,
    { now: MINTED_AT, producerVersion: "0.0.0-test" },
  );
}

/** What a check asks of a say-token, a second after the sample was minted: nothing but its signature and time, unless given. */
export function sayTokenQuestion(
  key: PublicKey,
  given: Partial<CheckSayTokenOptions> = {},
): CheckSayTokenOptions {
  return {
    intentDigest: undefined,
    policyDigest: undefined,
    callId: undefined,
    turnIndex: undefined,
    callSeq: undefined,
    commitmentClass: undefined,
    amountCents: undefined,
    currency: undefined,
    now: timeOfMillis(MINTED_AT + 1000),
    horizon: timeOfMillis(MINTED_AT + 1000),
    strict: false,
    key,
    ...given,
  };
}
