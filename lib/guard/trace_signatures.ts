import { verificationFailed } from "../errors/mod.ts";
import { readJsonObject, without } from "../formats/json/mod.ts";
import type { TraceEvidence } from "../schema/guard_evidence.ts";
import { digestOf, type SignatureReport, type TrustedKeys, verifySignatures } from "../signing/mod.ts";
import type { ReadEvidence } from "./read_evidence.ts";

/** What is known about the signature of a trace. */
export interface TraceSignature {
  readonly traceId: string;
  readonly status: SignatureReport["status"];
}

/** Check the signature of a trace: over the stored document without `signature` (docs/spec/core.md section 8). */
export async function checkTraceSignature(
  { bytes, record, path }: ReadEvidence<TraceEvidence>,
  trusted: TrustedKeys,
): Promise<TraceSignature> {
  const { trace_id: traceId, signature } = record;
  if (!signature) return { traceId, status: "missing" };
  const document = readJsonObject(bytes, { what: `trace "${path}"`, signed: true });
  const report = await verifySignatures([signature], await digestOf(without(document, "signature")), trusted);
  return { traceId, status: report.status };
}

/**
 * Check the signatures of traces that are to be packed. The pack holds a summary of them, which it signs: one that a
 * trusted key contradicts must not be vouched for.
 *
 * @throws {GaitError} `verification_failed` for a trace that was changed after a trusted key signed it
 */
export async function checkTraceSignatures(
  traces: readonly ReadEvidence<TraceEvidence>[],
  trusted: TrustedKeys,
): Promise<TraceSignature[]> {
  const checked: TraceSignature[] = [];
  for (const trace of traces) {
    const signature = await checkTraceSignature(trace, trusted);
    if (signature.status === "failed") {
      throw verificationFailed(`Cannot pack trace "${trace.path}": its signature does not hold`, {
        detail: "trace_signature_failed",
        hint: "See what is wrong with: gait trace verify <trace>",
      });
    }
    checked.push(signature);
  }
  return checked;
}
