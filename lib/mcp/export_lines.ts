import { canonicalize, compact, type JsonObject } from "../formats/json/mod.ts";
import { unixNanos } from "../formats/time.ts";
import { recordTime } from "../gate/trace/record.ts";
import type { DecidedCall } from "./decided_call.ts";

/** Whether a line is one of {@linkcode logLine}. */
export function isLogLine({ trace_id: trace, verdict, run_id: run }: JsonObject): boolean {
  return [trace, verdict, run].every((member) => typeof member === "string");
}

/** Whether a line is one of {@linkcode otelLine}. */
export function isOtelLine({ body }: JsonObject): boolean {
  return body === OTEL_BODY;
}

const OTEL_BODY = "gait.mcp.proxy.decision";

/** Encode a decision as one line of the log export (docs/spec/mcp.md 2.6). */
export function logLine(decided: DecidedCall, tracePath: string, producer: string): string {
  const { decision, runId, latency } = decided;
  const { intent, outcome } = decision;
  return JSON.stringify({
    created_at: recordTime(intent),
    producer_version: producer,
    run_id: runId,
    ...compact({ session_id: intent.context.sessionId }),
    trace_id: decision.traceId,
    ...compact({ trace_path: tracePath }),
    tool_name: intent.toolName,
    verdict: outcome.verdict,
    ...compact({ reason_codes: [...outcome.reasonCodes] }),
    policy_digest: decision.policyDigest,
    intent_digest: decision.intentDigest,
    ...compact({
      decision_latency_ms: latency,
      delegation_ref: delegationRef(decided),
      delegation_depth: intent.delegation?.chain.length,
    }),
  });
}

/** Encode a decision as one line in the style of an OpenTelemetry log record (docs/spec/mcp.md 2.6). */
export function otelLine(decided: DecidedCall, tracePath: string): string {
  const { decision, runId, latency } = decided;
  const { intent, outcome } = decision;
  const attributes: JsonObject = {
    "gait.run_id": runId,
    "gait.session_id": intent.context.sessionId,
    "gait.trace_path": tracePath,
    "gait.tool_name": intent.toolName,
    "gait.verdict": outcome.verdict,
    "gait.policy_digest": decision.policyDigest,
    "gait.intent_digest": decision.intentDigest,
    "gait.decision_latency_ms": latency,
    "gait.delegation_ref": delegationRef(decided),
    "gait.delegation_depth": intent.delegation?.chain.length ?? 0,
    "gait.reason_codes": outcome.reasonCodes.length === 0 ? null : [...outcome.reasonCodes],
  };
  // Nanoseconds since 1970 exceed the exact range of a double, so their digits are written directly.
  const members = {
    attributes: canonicalize(attributes),
    body: JSON.stringify(OTEL_BODY),
    severity_text: '"INFO"',
    time_unix_nano: String(unixNanos(recordTime(intent))),
    trace_id: JSON.stringify(decision.traceId),
  };
  return `{${Object.entries(members).map(([name, written]) => `"${name}":${written}`).join(",")}}`;
}

function delegationRef({ decision: { intent, bindingDigest } }: DecidedCall): string {
  if (!intent.delegation) return "";
  return intent.delegation.tokenRefs[0] ?? bindingDigest ?? "";
}
