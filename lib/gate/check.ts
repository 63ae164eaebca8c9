import type { JsonObject } from "../formats/json/mod.ts";
import type { ContextEnvelope } from "../schema/context.ts";
import { parseIntent } from "../intent/parse.ts";
import type { Digest } from "../signing/mod.ts";
import { type DecisionOutcome, firstOutcome } from "./decision_outcome.ts";
import { evaluateCall, type GateContext } from "./evaluate_call.ts";
import { applyApproval, applyCredential, applyDelegation } from "./steps.ts";

/** What calls are checked with: a gate without keys, counters and tokens. */
export interface CheckGate extends GateContext {
  /** The gate has a broker of credentials. */
  readonly hasBroker: boolean;
}

/** What the gate would decide about a call that comes without tokens. */
export interface CheckedCall {
  readonly toolName: string;
  readonly outcome: DecisionOutcome;
  /** Names of the deciding rules, joined by commas; empty when no rule matched. */
  readonly matchedRule: string;
  readonly intentDigest: Digest;
  /** A rate limit or budget applies to the call; it was not counted. */
  readonly limited: boolean;
  readonly warnings: readonly string[];
}

/**
 * Decide a call as the gate does when no token comes with it, but count nothing, ask no broker and sign nothing
 * (docs/spec/gate.md 6.4). A credential that a rule demands is assumed when the gate has a broker.
 *
 * @throws {GaitError} `invalid_input` when the intent can't be read; `policy_blocked` when facts that a risky call
 * needs are unavailable
 */
export async function checkCall(
  gate: CheckGate,
  call: { readonly intent: Uint8Array | string | JsonObject; readonly envelope?: ContextEnvelope },
  now: number,
): Promise<CheckedCall> {
  const given = { ...call, intent: await parseIntent(call.intent) };
  const { evaluation, intent, intentDigest, warnings } = await evaluateCall(gate, given, now);
  const delegated = applyDelegation(firstOutcome(evaluation, undefined), undefined);
  const approved = applyApproval(delegated, []);
  const unissued = evaluation.requireBrokerCredential && approved.verdict === "allow" && !gate.hasBroker;
  return {
    toolName: intent.toolName,
    outcome: unissued ? applyCredential(approved, { kind: "no_broker" }) : approved,
    matchedRule: evaluation.matchedRule,
    intentDigest,
    limited: evaluation.rateLimit !== undefined || evaluation.destructiveBudget !== undefined,
    warnings,
  };
}
