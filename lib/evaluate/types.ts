import type { Limit } from "../policy/types.ts";
import type { Verdict } from "../schema/verdict.ts";

/** A verdict with its reasons. Lists are unique and sorted by bytes. */
export interface ReasonedVerdict {
  readonly verdict: Verdict;
  readonly reasonCodes: readonly string[];
  readonly violations: readonly string[];
  /** Names of all matching rules, joined by commas; empty if none matched. */
  readonly matchedRule: string;
}

/** The evaluation of an intent by a policy, before tokens, limits and brokers (docs/spec/gate.md section 3). */
export interface Evaluation extends ReasonedVerdict {
  /** 0 unless approval is required. */
  readonly minApprovals: number;
  readonly requireDistinctApprovers: boolean;
  readonly requireBrokerCredential: boolean;
  readonly brokerReference: string;
  readonly brokerScopes: readonly string[];
  /** Whether a rule matched only because of a delegation, which must then be proved by a token. */
  readonly requireDelegation: boolean;
  readonly delegationScopes: readonly string[];
  readonly rateLimit?: Limit;
  readonly destructiveBudget?: Limit;
  /** Set if the steps of a script were evaluated. */
  readonly script?: ScriptEvaluation;
  /** Whether the intent could not be evaluated safely, so that no rule was evaluated. */
  readonly failedClosed: boolean;
}

export interface ScriptEvaluation {
  readonly compositeRiskClass: "low" | "medium" | "high";
  readonly steps: readonly StepEvaluation[];
}

export interface StepEvaluation extends ReasonedVerdict {
  readonly index: number;
  readonly toolName: string;
}
