import { verificationFailed } from "../errors/mod.ts";
import { readJsonObject, without } from "../formats/json/mod.ts";
import type { TraceEvidence } from "../schema/guard_evidence.ts";
import { digestOf, type SignatureReport, type TrustedKeys, verifySignatures } from "../signing/mod.ts";
import type { ReadEvidence } from "./read_evidence.ts";

/** The signature status of a trace. */
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
 * Check the signatures of the traces to be packed. The pack's signature covers a summary of them, so it must not
 * vouch for a trace that fails verification under a trusted key.
 *
 * @throws {GaitError} `verification_failed` for a trace that was modified after a trusted key signed it
 */
export async function checkTraceSignatures(
  traces: readonly ReadEvidence<TraceEvidence>[],
  trusted: TrustedKeys,
): Promise<TraceSignature[]> {
  const checked: TraceSignature[] = [];
  for (const trace of traces) {
    const signature = await checkTraceSignature(trace, trusted);
    if (signature.status === "failed") {
      throw verificationFailed(`Cannot pack trace "${trace.path}": its signature is not valid`, {
        detail: "trace_signature_failed",
        hint: "Show what is wrong: gait trace verify <trace>",
      });
    }
    checked.push(signature);
  }
  return checked;
}
