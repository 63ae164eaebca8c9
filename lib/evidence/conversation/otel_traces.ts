import { invalidInput } from "../../errors/mod.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../formats/json/mod.ts";
import { isOtlp } from "./detect.ts";
import { nanosOf } from "./nano_time.ts";
import { readAttributes } from "./otlp_value.ts";
import type { Roots } from "./roots.ts";
import type { Skipped } from "./transcript.ts";

/** One span, with what decides about it read out. */
export interface Span {
  /** Counted through the whole input. */
  readonly position: string;
  readonly value: JsonObject;
  readonly attributes: JsonObject;
  /** Nanoseconds since 1970. */
  readonly start: bigint | undefined;
  readonly end: bigint | undefined;
  readonly isToolCall: boolean;
}

/** The spans of one trace, by time. */
export interface Trace {
  readonly position: string;
  readonly spans: readonly Span[];
  readonly skipped: readonly Skipped[];
}

/**
 * Group the spans of OTLP JSON exports by trace; traces in the order in which they appear.
 *
 * @returns the traces of agents, and what belongs to none: traces without any generative AI span, broken spans
 * @throws {GaitError} `invalid_input` when a part is no such export, or no trace is of an agent
 */
export function splitTraces({ values, position }: Roots): { traces: Trace[]; skipped: Skipped[] } {
  const skipped: Skipped[] = [];
  const byTrace = new Map<string, { spans: Span[]; ids: Set<string>; skipped: Skipped[] }>();
  let count = 0;
  values.forEach((value, i) => {
    if (!isOtlp(value)) throw invalidInput(`Cannot import ${position(i)}: it has no resourceSpans`);
    for (const raw of spansIn(value, position(i))) {
      const place = `span ${++count}`;
      const traceId = isJsonObject(raw) ? idOf(raw.traceId) : "";
      if (!isJsonObject(raw) || traceId === "") {
        skipped.push({ position: place, reason: isJsonObject(raw) ? "no traceId" : "no JSON object" });
        continue;
      }
      const trace = byTrace.get(traceId) ?? { spans: [], ids: new Set(), skipped: [] };
      byTrace.set(traceId, trace);
      const spanId = idOf(raw.spanId);
      if (spanId !== "" && trace.ids.has(spanId)) {
        // Exporters send again what they can't confirm, so a span may arrive twice.
        trace.skipped.push({ position: place, reason: `span "${spanId}" again` });
        continue;
      }
      trace.ids.add(spanId);
      trace.spans.push(readSpan(raw, place));
    }
  });
  const traces: Trace[] = [];
  for (const [id, trace] of byTrace) {
    const place = `trace ${id}`;
    if (trace.spans.some(isAgentSpan)) traces.push({ position: place, ...trace, spans: byTime(trace.spans) });
    else skipped.push({ position: place, reason: `no generative AI span among ${trace.spans.length}` });
  }
  if (traces.length === 0) throw invalidInput("Cannot import: there is no generative AI span in the input");
  return { traces, skipped };
}

function spansIn(document: JsonObject, position: string): JsonValue[] {
  const list = (holder: JsonValue, member: string): JsonValue[] => {
    // Protobuf's JSON form leaves empty lists out.
    const items = isJsonObject(holder) ? holder[member] ?? [] : undefined;
    if (!Array.isArray(items)) throw invalidInput(`Cannot import ${position}: ${member} is no list`);
    return items;
  };
  return list(document, "resourceSpans")
    .flatMap((resource) => list(resource, "scopeSpans"))
    .flatMap((scope) => list(scope, "spans"));
}

function readSpan(value: JsonObject, position: string): Span {
  const attributes = readAttributes(value.attributes, position);
  const named = typeof value.name === "string" && value.name.startsWith("execute_tool ");
  return {
    position,
    value,
    attributes,
    start: nanosOf(value.startTimeUnixNano),
    end: nanosOf(value.endTimeUnixNano),
    isToolCall: attributes["gen_ai.operation.name"] === "execute_tool" || named,
  };
}

/** A span of a model call, an agent or a tool call: every one of them names its operation. */
function isAgentSpan({ isToolCall, attributes }: Span): boolean {
  return isToolCall || attributes["gen_ai.operation.name"] !== undefined;
}

/** By start; spans of the same start, or of none, keep their order. */
function byTime(spans: readonly Span[]): Span[] {
  return spans.toSorted((a, b) => {
    const [left, right] = [a.start ?? 0n, b.start ?? 0n];
    return left < right ? -1 : left > right ? 1 : 0;
  });
}

function idOf(value: JsonValue | undefined): string {
  return typeof value === "string" ? value.trim().toLowerCase() : "";
}
