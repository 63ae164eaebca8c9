import { isJsonObject, type JsonObject } from "../../formats/json/mod.ts";
import { type Ledger, openLedger } from "./ledger.ts";
import { timeOfNanos } from "./nano_time.ts";
import type { Span, Trace } from "./otel_traces.ts";
import type { Transcript } from "./transcript.ts";

/**
 * Read the spans of one trace: a span of operation `execute_tool` is a call and its answer (OpenTelemetry semantic
 * conventions for generative AI).
 */
export function readTrace(trace: Trace): Transcript {
  const ledger = openLedger();
  for (const { position, reason } of trace.skipped) ledger.skip(position, reason);
  let others = 0;
  for (const span of trace.spans) {
    ledger.use(span.start === undefined ? undefined : timeOfNanos(span.start));
    if (span.isToolCall) readToolSpan(span, ledger);
    else others++;
  }
  if (others > 0) ledger.skip(trace.position, `${others} of ${trace.spans.length} spans call no tool`);
  return { ...ledger.close(trace.position), finish: finishOf(trace) };
}

function readToolSpan({ value, attributes, position, start, end }: Span, ledger: Ledger): void {
  if (start === undefined) ledger.skip(position, "startTimeUnixNano is no time; placed first");
  const call = ledger.call({
    position,
    id: attributes["gen_ai.tool.call.id"],
    tool: attributes["gen_ai.tool.name"] ?? toolInName(value),
    args: attributes["gen_ai.tool.call.arguments"],
    time: start === undefined ? undefined : timeOfNanos(start),
  });
  if (call === undefined) return;
  const status = isJsonObject(value.status) ? value.status : {};
  const failed = status.code === 2 || status.code === "STATUS_CODE_ERROR";
  const result = attributes["gen_ai.tool.call.result"] ?? undefined;
  if (result === undefined && !failed) return; // results are opt-in: a span without one does not tell the answer
  const time = end === undefined ? undefined : timeOfNanos(end);
  ledger.answerTo(call, { content: result ?? status.message, failed, time });
}

/** `execute_tool <name>` is how such a span is named. */
function toolInName({ name }: JsonObject): string | undefined {
  return typeof name === "string" && name.startsWith("execute_tool ")
    ? name.slice("execute_tool ".length)
    : undefined;
}

/** When the last span ended. */
function finishOf({ spans }: Trace) {
  let latest: bigint | undefined;
  for (const { start, end } of spans) {
    const known = end ?? start;
    if (known !== undefined && (latest === undefined || known > latest)) latest = known;
  }
  return latest === undefined ? undefined : timeOfNanos(latest);
}
