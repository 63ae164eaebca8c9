import { utf8 } from "../formats/bytes.ts";
import { timeAfter, timeOfMillis } from "../formats/time.ts";
import { RECORD_VERSION } from "../schema/runpack_layout.ts";
import type { CommitmentIntent } from "../schema/voice/commitment_intent.ts";
import { VOICE_SCHEMA_ID } from "../schema/voice/layout.ts";
import { type PrivateKey, sha256, signDocument } from "../signing/mod.ts";
import { encodeSayToken, encodeUnsigned, type SayToken, sayTokenIdText } from "./say_token.ts";
import { compact, type JsonObject } from "../formats/json/mod.ts";
import { parseIntent } from "../intent/parse.ts";
import type { Intent } from "../intent/types.ts";
import type { MintContext } from "../tokens/mint.ts";

/** Options for minting a say-token. */
export interface MintSayTokenOptions {
  readonly commitment: CommitmentIntent;
  readonly intentDigest: string;
  readonly policyDigest: string;
  /** Lifetime in nanoseconds, more than 0. */
  readonly ttl: bigint;
}

/** A signed token and its file. */
export interface MintedSayToken {
  readonly token: SayToken;
  readonly file: Uint8Array<ArrayBuffer>;
}

/** Mint a signed say-token (docs/spec/voice.md 3.1). The caller must have the gate's allow for it. */
export async function mintSayToken(
  { commitment, intentDigest, policyDigest, ttl }: MintSayTokenOptions,
  key: PrivateKey,
  { now, producerVersion }: MintContext,
): Promise<MintedSayToken> {
  const fields = {
    schema_id: VOICE_SCHEMA_ID.sayToken,
    schema_version: RECORD_VERSION,
    created_at: timeOfMillis(now),
    producer_version: producerVersion,
    commitment_class: commitment.commitment_class,
    intent_digest: intentDigest,
    policy_digest: policyDigest,
    call_id: commitment.call_id,
    turn_index: commitment.turn_index,
    call_seq: commitment.call_seq,
    currency: commitment.currency,
    quote_min_cents: commitment.quote_min_cents,
    quote_max_cents: commitment.quote_max_cents,
    refund_ceiling_cents: commitment.refund_ceiling_cents,
    expires_at: timeAfter(now, ttl),
  };
  const token = { ...fields, token_id: (await sha256(utf8(sayTokenIdText(fields)))).slice(0, 24) };
  const signature = await signDocument(encodeUnsigned(token), key);
  return { token, file: encodeSayToken(token, signature) };
}

/** The tool name of a commitment, for policies to match on. */
export function toolNameOf(commitmentClass: string): string {
  return `voice.commitment.${commitmentClass}`;
}

/**
 * A commitment as a tool call, so that one policy governs speech and action (docs/spec/voice.md 2.1). It is parsed
 * like every intent, so its digest is computed in the same way.
 *
 * @param commitment normalised
 */
export async function gateIntentOf(commitment: CommitmentIntent): Promise<Intent> {
  return await parseIntent(commitmentRequest(commitment), "commitment");
}

/**
 * The intent request of a commitment.
 *
 * @param commitment normalised
 */
export function commitmentRequest(commitment: CommitmentIntent): JsonObject {
  const { commitment_class: name, context } = commitment;
  return {
    schema_id: "gait.gate.intent_request",
    schema_version: "1.0.0",
    created_at: commitment.created_at,
    producer_version: commitment.producer_version,
    tool_name: toolNameOf(name),
    args: {
      call_id: commitment.call_id,
      turn_index: commitment.turn_index,
      call_seq: commitment.call_seq,
      commitment_class: name,
      ...compact({
        utterance_digest: commitment.utterance_digest,
        currency: commitment.currency,
        quote_min_cents: commitment.quote_min_cents,
        quote_max_cents: commitment.quote_max_cents,
        refund_ceiling_cents: commitment.refund_ceiling_cents,
        approval_required: commitment.approval_required ?? false,
        approval_artifact_refs: commitment.approval_artifact_refs ?? [],
        evidence_reference_digests: commitment.evidence_reference_digests ?? [],
      }),
    },
    targets: [{ kind: "other", value: name, operation: "speak", endpoint_class: "ui.type" }],
    context: {
      identity: context.identity,
      workspace: context.workspace,
      risk_class: context.risk_class,
      ...compact({
        session_id: context.session_id,
        request_id: context.request_id,
        environment_fingerprint: context.environment_fingerprint,
      }),
    },
  };
}
