/** The agent tools found in a repository (docs/spec/gate.md 6.3). All lists are sorted. */
export interface Survey {
  readonly frameworks: readonly string[];
  /** All tools that were found. */
  readonly toolNames: readonly string[];
  /** Tools that may be harmful; names in lower case. */
  readonly candidates: readonly string[];
  readonly signals: readonly Signal[];
  readonly generatedRules: readonly GeneratedRule[];
  /** Candidates that a person has to review. */
  readonly unknownSignals: readonly Signal[];
  /** What was skipped, and why. */
  readonly warnings: readonly string[];
}

/** A finding with its evidence. */
export interface Signal {
  readonly code: string;
  readonly category: string;
  readonly value: string;
  readonly confidence: "high" | "low";
  readonly evidence: readonly string[];
  readonly reason: string;
}

/** A suggested rule for the findings; never in force by itself. */
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
