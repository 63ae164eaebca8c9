import type { Limit } from "../policy/types.ts";
import type { Verdict } from "../schema/verdict.ts";

/** A verdict and what led to it. Lists are unique and sorted by bytes. */
export interface ReasonedVerdict {
  readonly verdict: Verdict;
  readonly reasonCodes: readonly string[];
  readonly violations: readonly string[];
  /** Names of all rules that were taken, joined by commas; empty when none was. */
  readonly matchedRule: string;
}

/** What a policy says about an intent, before tokens, limits and brokers (docs/spec/gate.md section 3). */
export interface Evaluation extends ReasonedVerdict {
  /** 0 unless approval is required. */
  readonly minApprovals: number;
  readonly requireDistinctApprovers: boolean;
  readonly requireBrokerCredential: boolean;
  readonly brokerReference: string;
  readonly brokerScopes: readonly string[];
  /** A rule that matched only with a delegation demands a token for it. */
  readonly requireDelegation: boolean;
  readonly delegationScopes: readonly string[];
  readonly rateLimit?: Limit;
  readonly destructiveBudget?: Limit;
  /** Set for scripts whose steps were evaluated. */
  readonly script?: ScriptEvaluation;
  /** The intent could not be evaluated safely and no rule was looked at. */
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
