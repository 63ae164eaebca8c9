import type { TraceReport } from "../../gate/trace/verify.ts";
import type { JsonObject } from "../../formats/json/mod.ts";
import { compact } from "../outcome.ts";
import { bad, dim, good, type Line, line } from "../text.ts";

/** A trace report as JSON, without `ok`. */
export function encodeTrace(path: string, report: TraceReport): JsonObject {
  return compact({
    path,
    trace_id: report.traceId,
    verdict: report.verdict,
    signature_status: report.ok ? "verified" : "failed",
    signature_trust: report.trust,
    key_id: report.keyId,
    error: report.error,
  });
}

/** A trace report for people. */
export function describeTrace(path: string, report: TraceReport): Line[] {
  return [
    line(report.ok ? good("trace verify ok") : bad("trace verify failed"), `: ${path}`),
    ...(report.verdict === "" ? [] : [line(dim("  verdict   "), report.verdict)]),
    ...(report.traceId === "" ? [] : [line(dim("  trace     "), report.traceId)]),
    ...(report.ok ? [] : [line(dim("  signature "), bad(report.error ?? "signature verification failed"))]),
  ];
}
