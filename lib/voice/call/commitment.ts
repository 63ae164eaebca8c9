import { invalidInput } from "../../errors/mod.ts";
import { set, trim, trimLower } from "../../formats/text.ts";
import { NO_VERSION } from "../../schema/pack_layout.ts";
import type { CommitmentIntent } from "../../schema/voice/commitment_intent.ts";
import { VOICE_SCHEMA_ID } from "../../schema/voice/layout.ts";
import { isHexDigest } from "../../signing/mod.ts";
import { amountProblem, currencyOf } from "./amounts.ts";
import { classOf, optionalDigest, positionOf, requiredText, requiredTime, schemaOf } from "./fields.ts";

/** A commitment in its normal form. */
export interface NormalCommitment {
  readonly commitment: CommitmentIntent;
  /** What was left out, for somebody to know: references to evidence that are no digests. */
  readonly notes: readonly string[];
}

/**
 * Normalise what an agent is about to promise (docs/spec/voice.md section 2). The checks stand in the order of the
 * specification.
 *
 * @throws {GaitError} `invalid_input` that names the member in the way
 */
export function normalizeCommitment(given: CommitmentIntent, what: string): NormalCommitment {
  const schema = schemaOf(given.schema_id, given.schema_version, VOICE_SCHEMA_ID.commitment, what);
  const created = requiredTime(given.created_at, "created_at", what);
  const callId = requiredText(given.call_id, "call_id", what);
  const position = positionOf(given, what);
  const commitmentClass = classOf(given.commitment_class, what);
  const utterance = optionalDigest(given.utterance_digest, "utterance_digest", what);
  const { context } = given;
  const contextual = {
    identity: requiredText(context.identity, "context.identity", what),
    workspace: requiredText(context.workspace, "context.workspace", what),
    risk_class: trimLower(requiredText(context.risk_class, "context.risk_class", what)),
    session_id: trim(context.session_id),
    request_id: trim(context.request_id),
    environment_fingerprint: trim(context.environment_fingerprint),
  };
  const problem = amountProblem(given);
  if (problem !== undefined) throw invalidInput(`Cannot read ${what}: ${problem}`);
  const evidence = set(given.evidence_reference_digests.map(trimLower));
  return {
    commitment: {
      ...schema,
      created_at: created,
      producer_version: trim(given.producer_version) || NO_VERSION,
      call_id: callId,
      ...position,
      commitment_class: commitmentClass,
      utterance_digest: utterance,
      context: contextual,
      currency: currencyOf(trim(given.currency)),
      quote_min_cents: given.quote_min_cents,
      quote_max_cents: given.quote_max_cents,
      refund_ceiling_cents: given.refund_ceiling_cents,
      approval_required: given.approval_required,
      approval_artifact_refs: set(given.approval_artifact_refs),
      evidence_reference_digests: evidence.filter(isHexDigest),
    },
    notes: evidence.filter((digest) => !isHexDigest(digest))
      .map((text) => `evidence_reference_digests: "${text}" is no digest and was dropped`),
  };
}
