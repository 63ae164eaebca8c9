import { canonicalize, type JsonObject, type JsonValue } from "../formats/json/mod.ts";
import { unixNanos } from "../formats/time.ts";
import { type ExportRecord, isIntact, telemetryIds } from "./record.ts";

/** Members may be integers beyond the range of a double, which are written exactly. */
type Members = Readonly<Record<string, JsonValue | bigint>>;

/**
 * A pack as OpenTelemetry-style lines: a span, an event, six metrics (docs/spec/pack.md 7.2).
 *
 * @returns eight lines without newlines
 */
export async function otelLines(record: ExportRecord): Promise<string[]> {
  const { traceId, spanId } = await telemetryIds(record);
  const time = unixNanos(record.createdAt);
  const attributes = packAttributes(record);
  const { metrics } = record;
  const span: Members = {
    record_type: "span",
    trace_id: traceId,
    span_id: spanId,
    name: "gait.pack.verify",
    start_time_unix_nano: time,
    end_time_unix_nano: time,
    status: { code: isIntact(record.report) ? "ok" : "error" },
    attributes,
    instrumentation_scope: "gait.pack.export",
  };
  const event: Members = {
    record_type: "event",
    time_unix_nano: time,
    severity_text: "INFO",
    body: "gait.pack.export.metadata",
    trace_id: traceId,
    span_id: spanId,
    attributes,
  };
  const metric = (name: string, unit: string, value: Members): Members => ({
    record_type: "metric",
    time_unix_nano: time,
    name: `gait.pack.${name}`,
    unit,
    attributes,
    ...value,
  });
  const count = (name: string, value: number) => metric(name, "1", { value_int: value });
  return [
    span,
    event,
    count("tool_calls_total", metrics.toolCalls),
    count("tool_calls_success_total", metrics.succeeded),
    metric("tool_calls_success_rate", "ratio", { value_double: metrics.successRate }),
    count("policy_blocked_total", metrics.policyBlocked),
    count("approval_required_total", metrics.approvalRequired),
    count("regress_failures_total", metrics.regressFailures),
  ].map(writeMembers);
}

/** The attributes that all lines share. */
export function packAttributes(record: ExportRecord): JsonObject {
  const { report, metrics } = record;
  return {
    "gait.pack_id": report.packId,
    "gait.pack_type": report.packType,
    "gait.source_ref": report.sourceRef,
    "gait.manifest_digest": record.manifestDigest,
    "gait.files_checked": report.filesChecked,
    "gait.hash_mismatches": report.hashMismatches.length,
    "gait.missing_files": report.missingFiles.length,
    "gait.undeclared_files": report.undeclaredFiles.length,
    "gait.signature_status": report.signature.status,
    "gait.signatures_total": report.signature.total,
    "gait.signatures_valid": report.signature.valid,
    "gait.integrity_ok": isIntact(report),
    "gait.tool_calls_total": metrics.toolCalls,
    "gait.tool_calls_ok": metrics.succeeded,
    "gait.policy_blocked": metrics.policyBlocked,
    "gait.approval_required": metrics.approvalRequired,
    "gait.regress_failures": metrics.regressFailures,
  };
}

function writeMembers(members: Members): string {
  const parts = Object.keys(members).sort().map((name) => {
    const value = members[name]!;
    return `${JSON.stringify(name)}:${typeof value === "bigint" ? value.toString() : canonicalize(value)}`;
  });
  return `{${parts.join(",")}}`;
}
