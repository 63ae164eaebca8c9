import type { JsonObject } from "../formats/json/mod.ts";
import { stoppedForCalls } from "./call_marks.ts";
import { openExchanges } from "./formats/exchanges.ts";
import type { Ledger } from "./ledger.ts";
import { type Exchange, exchangeOf } from "./otel_exchange.ts";
import { callsMentionedIn } from "./otel_foreign.ts";
import { documentIn } from "./otel_logfire.ts";
import type { Span, Trace } from "./otel_traces.ts";
import { timeOfNanos } from "./otlp_value.ts";

/**
 * Read the calls of a trace without tool spans from the messages of its model spans: an instrumentation of a model's
 * client sees the calls that the model asks for and, in the next request, what came of them, but not the tools.
 *
 * @returns whether there was any such message
 */
export function readModelCalls(trace: Trace, ledger: Ledger): boolean {
  const byId = new Map(
    trace.spans.flatMap((span) => span.id === undefined ? [] : [[span.id, span] as const]),
  );
  const reported = new Map<Span, Exchange>();
  for (const span of trace.spans) {
    const exchange = exchangeOf(span);
    if (exchange !== undefined) reported.set(span, exchange);
  }
  const inside = spansInside(trace.spans, reported, byId);
  let repeated = 0;
  const exchanges = openExchanges(() => repeated++);
  for (const [span, { asked, answered }] of reported) {
    // The framework and the client may both trace one request: the inner span repeats the outer one.
    if (inside.has(span)) {
      repeated++;
      continue;
    }
    const { position, start, end } = span;
    exchanges.request(asked, { position, time: timeOf(start) }, ledger);
    if (answered.length > 0) exchanges.response(answered, { position, time: timeOf(end ?? start) }, ledger);
  }
  if (reported.size > 0) refuseUnreported(trace, { reported, inside, byId }, ledger);
  if (repeated > 0) ledger.skip(trace.position, `${repeated} × call or answer that a later span repeats`);
  return reported.size > 0;
}

/**
 * Refuse what mentions calls beside the messages that were read: a span whose messages were not captured, or whose
 * model stopped for calls that its messages do not have.
 */
function refuseUnreported(
  { spans }: Trace,
  { reported, inside, byId }: {
    readonly reported: ReadonlyMap<Span, Exchange>;
    readonly inside: ReadonlySet<Span>;
    readonly byId: ReadonlyMap<string, Span>;
  },
  ledger: Ledger,
): void {
  const around = new Set<Span>();
  for (const span of reported.keys()) {
    for (let at = parentOf(span, byId); at && !around.has(at); at = parentOf(at, byId)) around.add(at);
  }
  for (const span of spans) {
    const { position, value, attributes } = span;
    const exchange = reported.get(span);
    if (exchange === undefined) {
      if (around.has(span) || inside.has(span)) continue;
      const mention = callsMentionedIn(value, attributes);
      if (mention !== undefined) ledger.foreign(position, `${mention}, without the messages of the model`);
    } else if (exchange.answered.length === 0 && saysCalls(attributes)) {
      ledger.foreign(position, "the model stopped for calls that its messages do not have");
    }
  }
}

const saysCalls = (attributes: JsonObject) =>
  Object.entries(attributes).some(([key, value]) =>
    /finish_reasons?$/.test(key) && [documentIn(value) ?? value].flat().some(stoppedForCalls)
  );

const parentOf = ({ parent }: Span, byId: ReadonlyMap<string, Span>) =>
  parent === undefined ? undefined : byId.get(parent);

const timeOf = (nanos: bigint | undefined) => nanos === undefined ? undefined : timeOfNanos(nanos);

/** The spans inside of one that tells of an exchange. */
function spansInside(
  spans: readonly Span[],
  reported: ReadonlyMap<Span, unknown>,
  byId: ReadonlyMap<string, Span>,
): ReadonlySet<Span> {
  const known = new Map<Span, boolean>();
  for (const span of spans) {
    const path: Span[] = [];
    const seen = new Set<Span>(); // parent ids come from the input and may be circular
    let found = false;
    for (let at: Span | undefined = span; at && !seen.has(at);) {
      seen.add(at);
      path.push(at);
      const parent: Span | undefined = parentOf(at, byId);
      if (parent === undefined) break;
      found = reported.has(parent) || known.get(parent) === true;
      if (found || known.has(parent)) break;
      at = parent;
    }
    for (const at of path) known.set(at, found);
  }
  return new Set([...known].flatMap(([span, is]) => is ? [span] : []));
}
