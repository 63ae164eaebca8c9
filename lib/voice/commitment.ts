import { isJsonObject, readJsonObject } from "../formats/json/mod.ts";
import { refuseLookalikes } from "../intent/fields.ts";
import { findUnknownMembers } from "../intent/warnings.ts";
import { decode } from "../schema/fields.ts";
import {
  COMMITMENT_CONTEXT_FIELDS,
  COMMITMENT_FIELDS,
  type CommitmentIntent,
  commitmentIntentSchema,
} from "../schema/voice/commitment_intent.ts";
import { invalidInput } from "../errors/mod.ts";
import { set, trim, trimLower } from "../formats/text.ts";
import { NO_VERSION } from "../schema/pack_layout.ts";
import { VOICE_SCHEMA_ID } from "../schema/voice/layout.ts";
import { isHexDigest } from "../signing/mod.ts";
import { classOf, optionalDigest, positionOf, requiredText, requiredTime, schemaOf } from "./call/fields.ts";

/**
 * Read a commitment (docs/spec/voice.md section 2). Unknown members are ignored unless another reader could take them
 * for known ones; numbers that a double can't represent are refused before anything is digested.
 *
 * @throws {GaitError} `invalid_input`
 */
export function readCommitment(bytes: Uint8Array, what: string): NormalCommitment {
  const document = readJsonObject(bytes, { what, duplicates: "refuse", numbers: "unchanged" });
  refuseLookalikes(document, COMMITMENT_FIELDS, `${what}: `);
  const { context } = document;
  if (isJsonObject(context)) refuseLookalikes(context, COMMITMENT_CONTEXT_FIELDS, `${what}: context.`);
  const { commitment, notes } = normalizeCommitment(decode(commitmentIntentSchema, document, what), what);
  const unknown = findUnknownMembers(document, SHAPE)
    .map((member) => `the commitment has an unknown member, which counts for nothing: ${member}`);
  return { commitment, notes: [...unknown, ...notes] };
}

const SHAPE = {
  members: new Set(COMMITMENT_FIELDS),
  inner: { context: { members: new Set(COMMITMENT_CONTEXT_FIELDS) } },
};

/** A commitment in its normal form. */
export interface NormalCommitment {
  readonly commitment: CommitmentIntent;
  /** Warnings about what counts for nothing: unknown members, references to evidence that are not digests. */
  readonly notes: readonly string[];
}

/**
 * Normalise a commitment (docs/spec/voice.md section 2). The checks run in the order of the specification.
 *
 * @throws {GaitError} `invalid_input` that names the offending member
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
      .map((text) => `evidence_reference_digests: "${text}" is not a digest and was dropped`),
  };
}

/** Amounts of a commitment in hundredths of the currency; 0 means "not given". */
export interface Amounts {
  readonly quote_min_cents: number;
  readonly quote_max_cents: number;
  readonly refund_ceiling_cents: number;
}

/**
 * The problem with amounts, if any (docs/spec/voice.md section 2). Numbers that a double can't represent are refused
 * earlier, when the text is read, so an amount can't change under a signature.
 */
export function amountProblem(
  { quote_min_cents: min, quote_max_cents: max, refund_ceiling_cents: ceiling }: Amounts,
): string | undefined {
  if (min < 0 || max < 0 || ceiling < 0) return "an amount is negative";
  if (max > 0 && min > max) return "quote_min_cents is more than quote_max_cents";
  return undefined;
}

/** A currency as it is signed and compared. */
export function currencyOf(given: string): string {
  let result = "";
  // By code point: one without a single upper-case code point stays as it is.
  for (const char of given) {
    const upper = char.toUpperCase();
    result += [...upper].length === 1 ? upper : char;
  }
  return result;
}
