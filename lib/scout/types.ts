/** What a repository says about the tools of its agents (docs/spec/gate.md 6.3). All lists are sorted. */
export interface Survey {
  readonly frameworks: readonly string[];
  /** All tools that were found. */
  readonly toolNames: readonly string[];
  /** Those of them that look as if they could do harm; names in lower case. */
  readonly candidates: readonly string[];
  readonly signals: readonly Signal[];
  readonly generatedRules: readonly GeneratedRule[];
  /** Candidates that a person has to look at. */
  readonly unknownSignals: readonly Signal[];
  /** What was left out, and why. */
  readonly warnings: readonly string[];
}

/** Something that was found, and what it rests on. */
export interface Signal {
  readonly code: string;
  readonly category: string;
  readonly value: string;
  readonly confidence: "high" | "low";
  readonly evidence: readonly string[];
  readonly reason: string;
}

/** A rule that would cover what was found; a suggestion, never in force by itself. */
export interface GeneratedRule {
  readonly id: string;
  readonly name: string;
  readonly effect: "block" | "require_approval";
  readonly priority: number;
  readonly matchToolNames: readonly string[];
  readonly reasonCodes: readonly string[];
  readonly confidence: "high";
  readonly rationale: string;
}
