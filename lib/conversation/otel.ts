import { GaitError } from "../errors/mod.ts";
import { isJsonObject, type JsonValue, readJson } from "../formats/json/mod.ts";
import { type Ledger, openLedger } from "./ledger.ts";
import { blockTextIn, langchainInputs, toolMessageIn } from "./langchain_message.ts";
import { timeOfNanos } from "./otlp_value.ts";
import { inEvent } from "./otel_conventions.ts";
import { callsMentionedIn } from "./otel_foreign.ts";
import { type CallSpan, groupCalls } from "./otel_same_call.ts";
import { readModelCalls } from "./otel_model_calls.ts";
import { failureOf } from "./otel_tool_span.ts";
import type { Trace } from "./otel_traces.ts";
import type { Transcript } from "./transcript.ts";

/**
 * Read the spans of one trace: each tool span is a call and its answer (OpenTelemetry semantic conventions for
 * generative AI and for MCP).
 *
 * @throws {GaitError} `invalid_input` if the trace contains calls that can't be read
 */
export function readTrace(trace: Trace): Transcript {
  const ledger = openLedger();
  for (const { position, reason } of trace.skipped) ledger.skip(position, reason);
  for (const span of trace.spans) ledger.use(timeOf(span.start));
  const { calls, summaries } = groupCalls(trace.spans);
  for (const spans of calls) readCall(spans, ledger);
  for (const span of [...trace.spans.filter((one) => one.isSummary), ...summaries]) {
    ledger.skip(span.position, "stands for several calls, which are there themselves");
  }
  const others = trace.spans.filter((span) => span.call === undefined && !span.isSummary);
  if (others.length > 0) {
    ledger.skip(trace.position, `${others.length} of ${trace.spans.length} spans call no tool`);
  }
  refuseTwice(calls, ledger);
  if (calls.length === 0 && !trace.spans.some((one) => one.isSummary) && readModelCalls(trace, ledger)) {
    const transcript = ledger.close(trace.position);
    if (transcript.calls.length > 0) return { ...transcript, finish: finishOf(trace) };
  }
  if (calls.length === 0) refuseMentioned(trace, ledger);
  return { ...ledger.close(trace.position), finish: finishOf(trace) };
}

/**
 * Refuse a call by another convention beside one of OpenTelemetry to the same tool: two instrumentations may tell of
 * one call, and nothing says whether they do. Spans that lie inside each other are one call already.
 */
function refuseTwice(calls: readonly (readonly CallSpan[])[], ledger: Ledger): void {
  const isForeign = (spans: readonly CallSpan[]) => spans.every((span) => span.foreignCall !== undefined);
  const toolOf = (spans: readonly CallSpan[]) =>
    spans.map(({ call }) => call.tool).find((name) => name !== undefined);
  const own = new Set(calls.filter((spans) => !isForeign(spans)).map(toolOf));
  for (const spans of calls) {
    const [first] = spans;
    if (first?.foreignCall === undefined || !isForeign(spans) || !own.has(toolOf(spans))) continue;
    ledger.foreign(
      first.position,
      `${first.foreignCall}, beside calls of the same tool by OpenTelemetry's own convention`,
    );
  }
}

/** Read one call: its outermost span takes precedence, inner spans fill in missing attributes. */
function readCall(spans: readonly CallSpan[], ledger: Ledger): void {
  const [{ position, start, end }] = spans as [CallSpan];
  const tool = spans.map((span) => span.call.tool).find((name) => name !== undefined);
  const first = (key: string): JsonValue | undefined => {
    const span = spans.find(({ attributes }) => (attributes[key] ?? null) !== null);
    return span?.attributes[key];
  };
  if (start === undefined) ledger.skip(position, "startTimeUnixNano is not a time; placed first");
  const args = langchainInputs(first("gen_ai.tool.call.arguments"));
  const result = first("gen_ai.tool.call.result");
  const message = toolMessageIn(result);
  const id = first("gen_ai.tool.call.id") ?? message?.id;
  const origins = provenanceIn(first("gait.arg_provenance"));
  const call = ledger.call({ position, id, tool, args, origins, time: timeOf(start) });
  if (call === undefined) return;
  const failed = failureIn(spans) || (message?.failed ?? failureIn(spans));
  if (result === undefined && failed !== true) return; // results are opt-in, so a span may have none
  const content = message ? message.content : blockTextIn(result) ?? messageIn(spans);
  ledger.answerTo(call, { content, failed, time: timeOf(end) });
}

/** An attribute that is structured, or the text of that. */
function provenanceIn(value: JsonValue | undefined): JsonValue | undefined {
  if (typeof value !== "string") return value;
  try {
    return readJson(value, { what: "gait.arg_provenance", duplicates: "refuse" });
  } catch (error) {
    if (error instanceof GaitError) return value;
    throw error;
  }
}

/** The status of the outermost span decides; without one, any failed inner span does. */
function failureIn(spans: readonly CallSpan[]): boolean | undefined {
  const [outermost, ...inside] = spans.map(({ value, attributes }) => failureOf(value, attributes));
  return outermost ?? (inside.includes(true) || (inside.includes(false) ? false : undefined));
}

/** What a failed span says in its status, else in its exception. */
function messageIn(spans: readonly CallSpan[]): JsonValue | undefined {
  const inStatus = spans.map(({ value: { status } }) => isJsonObject(status) ? status.message : undefined);
  const inException = spans.map(({ value }) => inEvent(value, "exception", "exception.message"));
  return [...inStatus, ...inException].find((message) => (message ?? "") !== "");
}

/** Refuse a trace that mentions calls but has no tool span: it would become a run without calls. */
function refuseMentioned(trace: Trace, ledger: Ledger): void {
  for (const { position, value, attributes, isSummary } of trace.spans) {
    const mention = isSummary ? "a span that stands for several calls" : callsMentionedIn(value, attributes);
    if (mention !== undefined) ledger.foreign(position, mention);
  }
}

const timeOf = (nanos: bigint | undefined) => nanos === undefined ? undefined : timeOfNanos(nanos);

/** When the last span ended. */
function finishOf({ spans }: Trace) {
  let latest: bigint | undefined;
  for (const { start, end } of spans) {
    const known = end ?? start;
    if (known !== undefined && (latest === undefined || known > latest)) latest = known;
  }
  return timeOf(latest);
}
