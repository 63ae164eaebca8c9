import { type Answer, decideAndRecord } from "../gate/answer.ts";
import { decide, type Decision, type Gate, type GateEffects } from "../gate/decide.ts";
import type { GateOptions } from "../gate/options.ts";
import type { RecordPaths } from "../gate/trace/write.ts";
import type { GivenToken } from "../tokens/given_token.ts";
import { ttlWarnings } from "../tokens/mint.ts";
import type { NormalCommitment } from "./commitment.ts";
import { approvalDemand } from "./approval_demand.ts";
import { gateIntentOf, type MintedSayToken, mintSayToken } from "./mint.ts";

/** Options of the gate that decides about sentences. */
export type SpeechGateOptions = Pick<
  GateOptions,
  "policy" | "profile" | "keys" | "approvals" | "rateLimitState" | "broker"
>;

/**
 * The gate that decides about sentences: without envelope, registry and inventory (docs/spec/voice.md section 3). It
 * always refuses self-approval: an agent that could approve its own promises would bypass the gate.
 */
export function speechGate(options: SpeechGateOptions): GateOptions {
  return { ...options, approvals: { ...options.approvals, refuseSelfApproval: true } };
}

/** Options for deciding about a sentence and minting its token. */
export interface AskToSpeakOptions {
  readonly commitment: NormalCommitment;
  /** Lifetime of the token in nanoseconds. */
  readonly ttl: bigint;
  readonly approvals: readonly GivenToken[];
  readonly correlationId: string;
  /** Hold the commitment to what it says about approvals; these are the digests of the given ones. */
  readonly approvalArtifacts?: ReadonlySet<string> | undefined;
}

/** The decision about a sentence, with its token if it may be spoken. */
export interface SpeechAnswer<Paths extends RecordPaths> extends Answer<Paths> {
  /** Set when the sentence may be spoken. */
  readonly minted?: MintedSayToken;
  /** Warnings for the user. */
  readonly notes: readonly string[];
}

/**
 * Decide whether a sentence may be spoken, and mint its token if so (docs/spec/voice.md section 3).
 *
 * INVARIANT: a token is minted only after its trace was written, and only when the verdict is `allow`; any other
 * verdict, even one that is not known here, gives none.
 *
 * @param record writes the records of the decision
 * @throws {GaitError} as {@linkcode decide} and `record` do
 */
export async function askToSpeak<Paths extends RecordPaths>(
  gate: Gate,
  { commitment: { commitment, notes: droppedNotes }, ttl, approvals, correlationId, approvalArtifacts }:
    AskToSpeakOptions,
  effects: GateEffects,
  record: (decision: Decision) => Promise<Paths>,
): Promise<SpeechAnswer<Paths>> {
  const call = {
    intent: await gateIntentOf(commitment),
    approvals,
    // Without an approval token the trace has the verdict of the policy (compatibility: the existing program does the
    // same).
    withoutApprovals: approvals.length === 0,
    correlationId,
    ...(approvalArtifacts === undefined ? {} : { boundary: approvalDemand(commitment, approvalArtifacts) }),
  };
  const answer = await decideAndRecord(decide(gate, call, effects), record);
  const { outcome, intentDigest, policyDigest, warnings } = answer.decision;
  const unapproved = commitment.approval_required === true && outcome.approvalRef === undefined;
  const notes = [
    ...warnings,
    ...ttlWarnings(ttl),
    ...droppedNotes,
    ...(unapproved ? ["the commitment says approval_required, but has no approval"] : []),
  ];
  if (outcome.verdict !== "allow") return { ...answer, notes };
  const context = { now: effects.now(), producerVersion: gate.producerVersion };
  const minted = await mintSayToken({ commitment, intentDigest, policyDigest, ttl }, gate.key, context);
  return { ...answer, notes, minted };
}
