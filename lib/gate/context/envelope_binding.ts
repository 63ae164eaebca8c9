import { type GaitError, invalidInput } from "../../errors/mod.ts";
import type { Rfc3339 } from "../../formats/time.ts";
import type { ContextEnvelope } from "../../schema/context.ts";
import { CONTEXT_AGE } from "../../intent/digest.ts";
import type { Intent } from "../../intent/types.ts";
import { set } from "../../formats/text.ts";
import { largest } from "../../formats/lists.ts";

/** An intent bound to an envelope, or the error about a claim that the envelope contradicts. */
export type Binding =
  | { readonly kind: "bound"; readonly intent: Intent }
  /** The intent is not evaluable: a block where the policy fails closed, else this error (docs/spec/gate.md 3.1.1). */
  | { readonly kind: "contradicted"; readonly error: GaitError };

/**
 * Bind an intent to the context envelope of its call: facts of the envelope replace claims, and a contradicted claim
 * is an error (docs/spec/gate.md 4.6).
 *
 * @param now milliseconds since 1970
 */
export function bindEnvelope(intent: Intent, envelope: ContextEnvelope, now: number): Binding {
  const { contextSetDigest: digest, contextEvidenceMode: mode, authContext } = intent.context;
  if (digest !== "" && digest !== envelope.context_set_digest) {
    return contradicted("context_set_digest", digest, envelope.context_set_digest);
  }
  if (mode !== "" && mode !== envelope.evidence_mode) {
    return contradicted("context_evidence_mode", mode, envelope.evidence_mode);
  }
  const context = {
    ...intent.context,
    authContext: { ...authContext, [CONTEXT_AGE]: ageOfContext(envelope, now) },
    contextRefs: set(envelope.records.map((record) => record.ref_id)),
    contextSetDigest: envelope.context_set_digest,
    contextEvidenceMode: envelope.evidence_mode === "required" ? "required" as const : "best_effort" as const,
  };
  return { kind: "bound", intent: { ...intent, context } };
}

/** Whole seconds since the oldest record was retrieved; without records, since the envelope was created. */
export function ageOfContext(envelope: ContextEnvelope, now: number): number {
  const times = envelope.records.length > 0
    ? envelope.records.map((record) => record.retrieved_at)
    : [envelope.created_at];
  return largest(times.map((time) => Math.floor(secondsSince(time, now))));
}

/** Seconds from a UTC time to a clock reading. The fraction is subtracted last, so that no digit of it is lost. */
function secondsSince(time: Rfc3339, now: number): number {
  const fraction = Number(/\.\d+/.exec(time)?.[0] ?? 0);
  return (now - Date.parse(time.slice(0, 19) + "Z")) / 1000 - fraction;
}

function contradicted(field: string, claimed: string, found: string): Binding {
  const error = invalidInput(
    `Cannot use intent: it claims ${field} "${claimed}", the context envelope has "${found}"`,
    { detail: "context_claim_contradicted", hint: "Give the envelope that the intent was made with" },
  );
  return { kind: "contradicted", error };
}
