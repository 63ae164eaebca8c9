import { invalidInput, invalidOption } from "../errors/mod.ts";
import { canonicalize, isJsonObject, type JsonObject, type JsonValue } from "../formats/json/mod.ts";
import { isOtlp, type Roots } from "./input.ts";
import { unreadCalls } from "./ledger.ts";
import { nanosOf, readAttributes } from "./otlp_value.ts";
import { READ_ATTRIBUTES, translate } from "./otel_conventions.ts";
import { foreignCallOf, isForeignAgent } from "./otel_foreign.ts";
import { isSummaryName, type ToolSpan, toolSpanOf } from "./otel_tool_span.ts";
import type { Skipped } from "./transcript.ts";

/** One span with its decoded attributes. */
export interface Span {
  /** Numbered through the whole input. */
  readonly position: string;
  readonly value: JsonObject;
  readonly attributes: JsonObject;
  /** Nanoseconds since 1970. */
  readonly start: bigint | undefined;
  readonly end: bigint | undefined;
  /** Its own id and that of the span around it; absent when there is none. */
  readonly id: string | undefined;
  readonly parent: string | undefined;
  /** Its tool call, if any. */
  readonly call: ToolSpan | undefined;
  /** Whether it is an agent or model span. */
  readonly isAgent: boolean;
  /** Whether it represents several calls, which have their own spans. */
  readonly isSummary: boolean;
  /** The attribute of another convention than that of OpenTelemetry that marks it as a call. */
  readonly foreignCall: string | undefined;
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
 * @throws {GaitError} `invalid_input` if a part is no such export, or no trace is of an agent
 */
export function splitTraces({ values, position }: Roots): { traces: Trace[]; skipped: Skipped[] } {
  const skipped: Skipped[] = [];
  const byTrace = new Map<string, { spans: Span[]; byId: Map<string, Span>; skipped: Skipped[] }>();
  let count = 0;
  values.forEach((value, i) => {
    if (!isOtlp(value)) {
      throw invalidOption(
        () => `Cannot import ${position(i)}: it has no resourceSpans`,
        (name) => `Leave ${name("format")} out, then the format is recognised`,
      );
    }
    for (const raw of spansIn(value, position(i))) {
      const place = `span ${++count}`;
      const traceId = isJsonObject(raw) ? idOf(raw.traceId) : undefined;
      if (!isJsonObject(raw)) {
        skipped.push({ position: place, reason: "no JSON object" });
        continue;
      }
      const span = readSpan(raw, place);
      if (traceId === undefined) {
        if (mentionsCall(span)) {
          throw unreadCalls(place, [{ position: place, reason: "a call without a traceId" }]);
        }
        skipped.push({ position: place, reason: "no traceId" });
        continue;
      }
      const trace = byTrace.get(traceId) ?? { spans: [], byId: new Map<string, Span>(), skipped: [] };
      byTrace.set(traceId, trace);
      const sameId = span.id === undefined ? undefined : trace.byId.get(span.id);
      if (sameId !== undefined) {
        // Exporters resend unconfirmed spans, so duplicates are expected; a different span with the same id is an
        // error.
        if ((mentionsCall(span) || mentionsCall(sameId)) && !isSameSpan(span, sameId)) {
          const reason = `another span than ${sameId.position} with the same spanId`;
          throw unreadCalls(place, [{ position: place, reason }]);
        }
        trace.skipped.push({ position: place, reason: `span "${span.id}" again` });
        continue;
      }
      if (span.id !== undefined) trace.byId.set(span.id, span);
      trace.spans.push(span);
    }
  });
  const traces: Trace[] = [];
  for (const [id, trace] of byTrace) {
    const place = `trace ${id}`;
    if (trace.spans.some(isGenerative)) {
      traces.push({ position: place, ...trace, spans: byTime(trace.spans) });
    } else skipped.push({ position: place, reason: `no generative AI span among ${trace.spans.length}` });
  }
  if (traces.length === 0) {
    throw invalidInput("Cannot import: there is no generative AI span in the input", {
      hint: "Spans of an agent have gen_ai.* attributes: turn its GenAI instrumentation on (docs/import.md)",
    });
  }
  return { traces, skipped };
}

function spansIn(document: JsonObject, position: string): JsonValue[] {
  const list = (holder: JsonValue, member: string): JsonValue[] => {
    // The JSON form of Protobuf omits empty lists.
    const items = isJsonObject(holder) ? holder[member] ?? [] : undefined;
    const other = isJsonObject(holder) ? OTHER_NAMES.find((name) => isFilled(holder[name])) : undefined;
    if (other !== undefined) {
      throw invalidInput(`Cannot import ${position}: it has "${other}", which is not read`);
    }
    if (!Array.isArray(items)) throw invalidInput(`Cannot import ${position}: ${member} is not a list`);
    return items;
  };
  const holder = isJsonObject(document.trace) ? document.trace : document;
  if (holder !== document && (isFilled(document.resourceSpans) || isFilled(document.batches))) {
    throw invalidInput(`Cannot import ${position}: it has spans in and beside "trace"`);
  }
  if (isFilled(holder.batches) && isFilled(holder.resourceSpans)) {
    throw invalidInput(`Cannot import ${position}: it has both "batches" and "resourceSpans"`);
  }
  return list(holder, isFilled(holder.batches) ? "batches" : "resourceSpans")
    .flatMap((resource) => list(resource, "scopeSpans"))
    .flatMap((scope) => list(scope, "spans"));
}

/** Span lists of other OTLP versions and spellings; ignoring them would lose calls. */
const OTHER_NAMES = [
  "instrumentationLibrarySpans",
  "instrumentation_library_spans",
  "resource_spans",
  "scope_spans",
] as const;

function isFilled(value: JsonValue | undefined): boolean {
  return Array.isArray(value) && value.length > 0;
}

function readSpan(value: JsonObject, position: string): Span {
  const { values, ambiguous } = readAttributes(value.attributes);
  // Ambiguous attributes are tolerated on other spans, but not on those that describe calls.
  const ambiguousKey = [...ambiguous].find((key) =>
    MENTIONS_CALLS.test(key) || READ_ATTRIBUTES.has(key) && foreignCallOf(values) !== undefined
  );
  if (ambiguousKey !== undefined) {
    throw invalidInput(
      `Cannot import ${position}: attribute "${ambiguousKey.slice(0, 80)}" has no single meaning`,
      {
        hint: 'Write attributes as OTLP JSON has them, each once: {"key": …, "value": {"stringValue": …}}',
      },
    );
  }
  const attributes = translate(value, values);
  const found = toolSpanOf(value, attributes);
  const isSummary = found?.tool !== undefined && isSummaryName(found.tool);
  const call = isSummary ? undefined : found;
  const operation = attributes["gen_ai.operation.name"] ?? null;
  return {
    position,
    value,
    attributes,
    start: nanosOf(value.startTimeUnixNano),
    end: nanosOf(value.endTimeUnixNano),
    id: idOf(value.spanId),
    parent: idOf(value.parentSpanId),
    call,
    isAgent: found === undefined && (operation !== null || isForeignAgent(attributes)),
    isSummary,
    foreignCall: foreignCallOf(attributes),
  };
}

const MENTIONS_CALLS =
  /^(?:gen_ai|mcp|jsonrpc)\.|^error\.type$|\.span\.kind$|^langfuse\.observation\.type$|^ai\.operationId$/;

function mentionsCall({ call, isSummary, foreignCall }: Span): boolean {
  return call !== undefined || isSummary || foreignCall !== undefined;
}

function isSameSpan(left: Span, right: Span): boolean {
  const [one, other] = [left, right].map(({ value, id, parent }) =>
    canonicalize({ ...value, traceId: "", spanId: id ?? "", parentSpanId: parent ?? "" })
  );
  return one === other;
}

/** A span of a model call, an agent or a call of a tool; an agent that is created has not run yet. */
function isGenerative(span: Span): boolean {
  return span.isAgent && span.attributes["gen_ai.operation.name"] !== "create_agent" || mentionsCall(span);
}

/** Order by start; spans with equal or missing start keep their order. */
function byTime(spans: readonly Span[]): Span[] {
  return spans.toSorted((a, b) => {
    const [left, right] = [a.start ?? 0n, b.start ?? 0n];
    return left < right ? -1 : left > right ? 1 : 0;
  });
}

function idOf(value: JsonValue | undefined): string | undefined {
  return typeof value === "string" ? value.trim().toLowerCase() || undefined : undefined;
}
