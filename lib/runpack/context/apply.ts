import { invalidInput } from "../../errors/mod.ts";
import type { ContextEnvelope } from "../../schema/context.ts";
import type { Refs } from "../../schema/runpack.ts";

/** How strictly context is asked for. */
export type EvidenceMode = "best_effort" | "required";

/** The mode that counts: the flag beats the refs, neither means best effort (docs/spec/core.md 5.1). */
export function resolveEvidenceMode(flag: string, given: string): EvidenceMode {
  const mode = (flag.trim() || given.trim()).toLowerCase() || "best_effort";
  if (mode === "best_effort" || mode === "required") return mode;
  throw invalidInput(`Cannot use context evidence mode "${mode}": expected best_effort or required`);
}

/** Refs with the records of an envelope in the place of their receipts. */
export function applyContext(refs: Refs, envelope: ContextEnvelope): Refs {
  return {
    ...refs,
    receipts: envelope.records,
    context_set_digest: envelope.context_set_digest,
    context_ref_count: envelope.records.length,
  };
}

/**
 * Context that is kept raw may hold secrets, so it needs an explicit word.
 *
 * @throws {GaitError} `invalid_input`
 */
export function refuseRawReceipts(refs: Refs, allowed: boolean): void {
  const raw = refs.receipts.find((receipt) => receipt.redaction_mode.trim().toLowerCase() === "raw");
  if (raw && !allowed) {
    throw invalidInput(`Cannot record context "${raw.ref_id}": it is kept raw`, {
      hint: "Redact it, or allow it with --unsafe-context-raw",
    });
  }
}
