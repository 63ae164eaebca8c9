import { GaitError } from "../errors/mod.ts";

/** What the state of a job says about new calls of it. */
export type StopState =
  | { readonly kind: "running"; readonly safetyInvariant: SafetyInvariant }
  /** Somebody stopped the job in an emergency; `unrecorded` says why its journal does not tell of the blocked call. */
  | { readonly kind: "stopped"; readonly safetyInvariant: SafetyInvariant; readonly unrecorded?: string }
  | { readonly kind: "unavailable"; readonly problem: string };

/** What a job promises to keep. */
export interface SafetyInvariant {
  readonly version: string;
  readonly hash: string;
}

/** Asks whether calls of a job were stopped, and notes that one was blocked because of it. */
export type AskStop = (jobId: string) => Promise<StopState>;

/**
 * Ask about a job; what can't be known counts as stopped (docs/spec/mcp.md 2.1, item 11).
 *
 * INVARIANT: no call of a job passes while its state can't be read.
 */
export async function stopStateOf(jobId: string, ask: AskStop): Promise<StopState> {
  try {
    return await ask(jobId);
  } catch (error) {
    if (!(error instanceof GaitError)) throw error;
    return { kind: "unavailable", problem: error.message };
  }
}
