import type { CallOptions, GateDecision } from "../../gate/embed.ts";
import type { JsonObject } from "../../formats/json/mod.ts";
import type { IntentContext, IntentRequest, IntentTarget } from "../intent_request.ts";

/** A tool call that is about to be made. */
export interface GuardedCall {
  /** The tool. */
  readonly name: string;
  /** Its arguments, as plain JSON values. */
  readonly args: JsonObject;
  /** Id of the single call, where the framework has one. */
  readonly callId?: string | undefined;
  /** The conversation that it belongs to. */
  readonly sessionId?: string | undefined;
}

/** What a guard reads of a decision; a decision of every gate has it. */
export type GuardDecision =
  & Pick<GateDecision, "verdict" | "reasonCodes" | "intentDigest" | "policyDigest" | "traceId">
  & Partial<Pick<GateDecision, "requiredScope" | "tracePath">>;

/** Whatever decides calls: a gate in this process, or a client of one. */
export interface DecidingGate {
  /** Decide a call; when this throws, nothing was decided, and the call must not be made. */
  decide(intent: IntentRequest, options?: Pick<CallOptions, "approvalTokens">): Promise<GuardDecision>;
}

/** What a person has to know who may let a stopped call pass. */
export interface ApprovalRequest {
  /** Tells it from other interrupts of a framework. */
  readonly kind: "gait_approval";
  /** The tool. */
  readonly toolName: string;
  /** Its arguments. */
  readonly args: JsonObject;
  /** Id of the single call. */
  readonly callId?: string;
  /** What an approval binds to. */
  readonly intentDigest: string;
  /** What an approval binds to, too. */
  readonly policyDigest: string;
  /** The scope that it must have. */
  readonly scope: readonly string[];
  /** Why the call was stopped. */
  readonly reasonCodes: readonly string[];
  /** The trace, where there is one. */
  readonly tracePath?: string;
  /** The command that signs the approval. */
  readonly approve: string;
}

/** Who calls, and what calls act on. */
export interface CallFacts {
  /** Who calls, where and how risky that is; a function is asked for each call. */
  readonly context: IntentContext | ((call: GuardedCall) => IntentContext);
  /** What a call acts on: a function for all tools, or one for each name. */
  readonly targets?:
    | ((call: GuardedCall) => readonly IntentTarget[])
    | Readonly<Record<string, (call: GuardedCall) => readonly IntentTarget[]>>
    | undefined;
}
