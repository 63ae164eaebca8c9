import type { SignatureReport, TrustedKeys } from "../signing/mod.ts";
import type { HeadReport } from "./chain_head.ts";

/** Options for verifying a chain. */
export interface VerifyChainOptions {
  readonly trusted: TrustedKeys;
  /** Every runpack must be signed by a trusted key, and so must the head where there is one. */
  readonly requireSignature: boolean;
  /** What no reader of the existing program looks at counts as an error, not as a warning. */
  readonly strict: boolean;
  /** There must be a head, and it must be about this chain. */
  readonly requireHead: boolean;
  /** How many checkpoints there must be at least. */
  readonly atLeast: number;
}

/** What was found out about one checkpoint. */
export interface CheckpointReport {
  readonly index: number;
  /** Where its runpack was found. */
  readonly runpackPath: string;
  readonly signatureStatus: SignatureReport["status"] | "unknown";
}

/** What was found out about a chain. */
export interface ChainReport {
  readonly ok: boolean;
  readonly sessionId: string;
  readonly runId: string;
  readonly checkpoints: readonly CheckpointReport[];
  readonly linkageErrors: readonly string[];
  readonly checkpointErrors: readonly string[];
  readonly warnings: readonly string[];
  readonly head: HeadReport;
}
