import type { AuditReport } from "../../gate/trace/verify_audits.ts";
import type { TraceReport } from "../../gate/trace/verify.ts";
import type { JsonObject } from "../../formats/json/mod.ts";
import { compact } from "../outcome.ts";
import { bad, dim, good, type Line, line, type Span } from "../text.ts";

/** A trace report as JSON, without `ok`. */
export function encodeTrace(path: string, report: TraceReport): JsonObject {
  return compact({
    path,
    trace_id: report.traceId,
    verdict: report.verdict,
    simulated: report.simulated,
    tool_name: report.toolName,
    caller: report.caller,
    signature_status: report.ok ? "verified" : "failed",
    signature_trust: report.trust,
    key_id: report.keyId,
    error: report.error,
  });
}

/** An audit compared with its trace, as JSON; the verdict is that of the trace. */
export function encodeAudit({ path, kind, state }: AuditReport): JsonObject {
  return { path, kind, ok: state === "named", ...(state === "named" ? {} : { error_code: CODES[state] }) };
}

const CODES = { unnamed: "audit_not_named", foreign: "audit_changed" } as const;

/** The same for people. */
export function describeAudit({ path, state }: AuditReport): Line {
  if (state === "named") return line(good("audit ok"), `: ${path}`);
  const why = state === "foreign" ? "it is not the one that the trace names" : "the trace names no audit";
  return line(bad("audit failed"), `: ${path}: ${why}`);
}

/** A trace report for people. */
export function describeTrace(path: string, report: TraceReport): Line[] {
  const row = (name: string, value: string | Span | undefined) =>
    !value ? [] : [line(dim(`  ${name.padEnd(10)}`), value)];
  return [
    line(report.ok ? good("trace verify ok") : bad("trace verify failed"), `: ${path}`),
    ...row("verdict", report.simulated ? `${report.verdict} (simulated: it allows nothing)` : report.verdict),
    ...row("tool", report.toolName),
    ...row("caller", report.caller),
    ...row("trace", report.traceId),
    ...row("key", report.keyId && `${report.keyId} (${report.trust})`),
    ...(report.ok ? [] : row("signature", bad(report.error ?? "signature verification failed"))),
  ];
}

/** What a person can do about a trace whose signature does not hold. */
export function stepAfter(error: string): string {
  if (error.includes("key id mismatch")) {
    return "Another key signed it: ask the operator of the gate, not the sender, for its public key; else it proves nothing";
  }
  if (error === "public key not configured") {
    return "Give the public key of the gate with --public-key, or trust it: gait keys trust add <public.key>";
  }
  if (error === "trace has no signature") {
    return "It is not signed, so it proves nothing of who decided: get the one that the gate wrote";
  }
  return "It was changed after it was signed, or its key is not this one: get it again from its maker";
}
