import { type Answer, decideAndRecord } from "../gate/answer.ts";
import { decide, type Decision, type Gate, type GateEffects } from "../gate/decide.ts";
import type { GateOptions } from "../gate/options.ts";
import type { RecordPaths } from "../gate/trace/write.ts";
import type { GivenToken } from "../tokens/given_token.ts";
import { ttlWarnings } from "../tokens/mint.ts";
import type { NormalCommitment } from "./commitment.ts";
import { gateIntentOf, type MintedSayToken, mintSayToken } from "./mint.ts";

/** How the gate is set up that sentences are asked of. */
export type SpeechGateOptions = Pick<GateOptions, "policy" | "keys" | "approvals" | "rateLimitState">;

/**
 * The gate that a sentence is asked of: no envelope, no registry, no inventory, no broker (docs/spec/voice.md section
 * 3). Whatever the options say of it, nobody approves a promise of their own: an agent that may needs no gate.
 */
export function speechGate({ policy, keys, approvals, rateLimitState }: SpeechGateOptions): GateOptions {
  return {
    policy,
    ...(keys ? { keys } : {}),
    approvals: { ...approvals, refuseSelfApproval: true },
    rateLimitState,
  };
}

/** What an agent is about to promise, and who let it. */
export interface AskToSpeakOptions {
  readonly commitment: NormalCommitment;
  /** How long the token holds, in nanoseconds. */
  readonly ttl: bigint;
  readonly approvals: readonly GivenToken[];
  readonly correlationId: string;
}

/** What the gate says of a sentence. */
export interface SpeechAnswer<Paths extends RecordPaths> extends Answer<Paths> {
  /** Set when it may be spoken. */
  readonly minted?: MintedSayToken;
  /** What somebody should look at. */
  readonly notes: readonly string[];
}

/**
 * Ask the gate whether a sentence may be spoken, and make its token if so (docs/spec/voice.md section 3).
 *
 * INVARIANT: no token without its trace, and none unless the verdict is `allow`, whatever else a gate may say some day.
 *
 * @param record writes the records of the decision
 * @throws {GaitError} as {@linkcode decide} and `record` do
 */
export async function askToSpeak<Paths extends RecordPaths>(
  gate: Gate,
  { commitment: { commitment, notes: leftOut }, ttl, approvals, correlationId }: AskToSpeakOptions,
  effects: GateEffects,
  record: (decision: Decision) => Promise<Paths>,
): Promise<SpeechAnswer<Paths>> {
  const call = {
    intent: await gateIntentOf(commitment),
    approvals,
    // Without a token the trace says what the policy says, as that of the existing program does.
    withoutApprovals: approvals.length === 0,
    correlationId,
  };
  const answer = await decideAndRecord(decide(gate, call, effects), record);
  const { outcome, intentDigest, policyDigest, warnings } = answer.decision;
  const unheeded = commitment.approval_required === true && outcome.approvalRef === undefined;
  const notes = [
    ...warnings,
    ...ttlWarnings(ttl),
    ...leftOut,
    ...(unheeded ? ["the commitment says approval_required, but nobody approved it"] : []),
  ];
  if (outcome.verdict !== "allow") return { ...answer, notes };
  const context = { now: effects.now(), producerVersion: gate.producerVersion };
  const minted = await mintSayToken({ commitment, intentDigest, policyDigest, ttl }, gate.key, context);
  return { ...answer, notes, minted };
}
