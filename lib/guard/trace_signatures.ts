import { verificationFailed } from "../errors/mod.ts";
import { type JsonObject, readJsonObject, without } from "../formats/json/mod.ts";
import { pathArgument } from "../formats/shell.ts";
import { audited, withoutOthers } from "../gate/trace/audit_ids.ts";
import type { ApprovalEvidence, TraceEvidence } from "../schema/guard_evidence.ts";
import { digestOf, type SignatureReport, type TrustedKeys, verifySignatures } from "../signing/mod.ts";
import type { Evidence, ReadEvidence } from "./read_evidence.ts";

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

/** The traces of evidence by their id, as they are written. */
function tracesById(traces: Evidence["traces"]): (traceId: string) => readonly JsonObject[] {
  const byId = Map.groupBy(traces, ({ record }) => record.trace_id);
  return (traceId) =>
    (byId.get(traceId) ?? []).map(({ bytes, path }) =>
      readJsonObject(bytes, { what: `trace "${path}"`, signed: true })
    );
}

function documentOf({ bytes, path, record }: ReadEvidence<ApprovalEvidence>) {
  return { traceId: record.trace_id, document: readJsonObject(bytes, { what: `audit "${path}"` }) };
}

/** Approval audits that are not those which the traces of their decisions name (docs/spec/tokens.md 3.11). */
export async function foreignAudits(
  { traces, approvals }: Pick<Evidence, "traces" | "approvals">,
): Promise<ReadEvidence<ApprovalEvidence>[]> {
  const tracesOf = tracesById(traces);
  const foreign: ReadEvidence<ApprovalEvidence>[] = [];
  for (const audit of approvals) {
    const { traceId, document } = documentOf(audit);
    if (await audited("approval_audit", document, tracesOf(traceId)) === "foreign") foreign.push(audit);
  }
  return foreign;
}

/**
 * The evidence without audits of decisions that are not packed.
 *
 * @throws {GaitError} `verification_failed` for an audit that was changed after the gate wrote it
 */
export async function checkedAudits(evidence: Evidence): Promise<Evidence> {
  const approvals = await withoutOthers(
    "approval_audit",
    evidence.approvals,
    documentOf,
    tracesById(evidence.traces),
  );
  const [first] = await foreignAudits({ traces: evidence.traces, approvals });
  if (first === undefined) return { ...evidence, approvals };
  throw verificationFailed(`Cannot pack audit "${first.path}": it is not the one that its trace names`, {
    detail: "approval_audit_changed",
    hint: `Compare it with: gait trace verify <trace> --audit ${pathArgument(first.path)}`,
  });
}
