import {
  canonicalize,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  readJson,
} from "../formats/json/mod.ts";
import { historyIn, openExchanges } from "./formats/exchanges.ts";
import { isAnswer } from "./formats/answers.ts";
import { stoppedForCalls } from "./call_marks.ts";
import { langchainMessage } from "./langchain_message.ts";
import type { Ledger } from "./ledger.ts";
import { indexedIn, recordsIn } from "./otel_indexed.ts";
import { callsMentionedIn } from "./otel_foreign.ts";
import { readAttributes, timeOfNanos } from "./otlp_value.ts";
import type { Span, Trace } from "./otel_traces.ts";

/** What a span of a model tells of one exchange with it, in the form of Chat Completions. */
interface Exchange {
  readonly asked: readonly JsonValue[];
  readonly answered: readonly JsonValue[];
}

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
    /finish_reasons?$/.test(key) && [value].flat().some(stoppedForCalls)
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

/** The exchange that a span tells of, by the first convention that it follows. */
function exchangeOf({ value, attributes }: Span): Exchange | undefined {
  const sources = [attributes, ...eventsIn(value).map(({ values }) => values)];
  for (const read of [semantic, openInference, traceloop]) {
    const found = sources.map(read).find((exchange) => exchange !== undefined);
    if (found !== undefined) return found;
  }
  return fromEvents(value) ?? bodies(attributes);
}

/** Messages by the semantic conventions for generative AI, as text or as structured attributes. */
function semantic(attributes: JsonObject): Exchange | undefined {
  const [input, output] = [attributes["gen_ai.input.messages"], attributes["gen_ai.output.messages"]].map(
    listIn,
  );
  if (input === undefined && output === undefined) return undefined;
  return {
    asked: (input ?? []).flatMap(semanticMessage),
    answered: answersOf((output ?? []).flatMap(semanticMessage)),
  };
}

/** A message with parts: its calls and answers are parts of their own. */
function semanticMessage(message: JsonValue): JsonValue[] {
  if (!isJsonObject(message) || !Array.isArray(message.parts)) return [message];
  const parts = message.parts.filter(isJsonObject);
  const answers = parts.filter(({ type }) => type === "tool_call_response").map((part): JsonValue => ({
    role: "tool",
    ...given("tool_call_id", part.id),
    content: textOf(part.response ?? part.result ?? null),
  }));
  const calls = parts.filter(({ type }) => type === "tool_call").map((part): JsonValue => ({
    ...given("id", part.id),
    type: "function",
    function: { name: part.name ?? null, arguments: part.arguments ?? {} },
  }));
  return [...calls.length > 0 ? [{ role: "assistant", content: null, tool_calls: calls }] : [], ...answers];
}

/** Messages of OpenInference, each attribute a member: `llm.input_messages.0.message.role`. */
function openInference(attributes: JsonObject): Exchange | undefined {
  const inputs = recordsIn(attributes, "llm.input_messages");
  const outputs = recordsIn(attributes, "llm.output_messages");
  if (inputs.length === 0 && outputs.length === 0) return undefined;
  const messageOf = (record: JsonObject): JsonValue => {
    const message = indexedIn(record, "message");
    const calls = recordsIn(message, "tool_calls").map((one): JsonValue => {
      const call = indexedIn(one, "tool_call");
      return {
        ...given("id", call.id),
        type: "function",
        function: { name: call["function.name"] ?? null, arguments: call["function.arguments"] ?? "{}" },
      };
    });
    const texts = recordsIn(message, "contents").map((one) => one["message_content.text"]);
    return plainMessage(
      message,
      calls,
      message.content ?? texts.filter((text) => text !== undefined).join("\n"),
    );
  };
  return { asked: inputs.map(messageOf), answered: answersOf(outputs.map(messageOf)) };
}

/** Messages of Traceloop before it took the semantic conventions: `gen_ai.prompt.0.role`. */
function traceloop(attributes: JsonObject): Exchange | undefined {
  const inputs = recordsIn(attributes, "gen_ai.prompt");
  const outputs = recordsIn(attributes, "gen_ai.completion");
  if (inputs.length === 0 && outputs.length === 0) return undefined;
  const messageOf = (message: JsonObject): JsonValue => {
    const calls = recordsIn(message, "tool_calls").map((call): JsonValue => ({
      ...given("id", call.id),
      type: "function",
      function: { name: call.name ?? null, arguments: call.arguments ?? "{}" },
    }));
    return plainMessage(message, calls, message.content);
  };
  return { asked: inputs.map(messageOf), answered: answersOf(outputs.map(messageOf)) };
}

function plainMessage(message: JsonObject, calls: JsonValue[], content: JsonValue | undefined): JsonObject {
  return {
    role: message.role ?? (calls.length > 0 ? "assistant" : "user"),
    content: content ?? null,
    ...given("tool_call_id", message.tool_call_id),
    ...given("name", message.name),
    ...calls.length > 0 ? { tool_calls: calls } : {},
  };
}

/** Events of the semantic conventions before they had attributes for messages. */
function fromEvents(span: JsonObject): Exchange | undefined {
  const asked: JsonValue[] = [];
  const answered: JsonValue[] = [];
  for (const { name, values } of eventsIn(span)) {
    if (name === "gen_ai.tool.message") {
      asked.push({ role: "tool", ...given("tool_call_id", values.id), content: values.content ?? null });
    } else if (name === "gen_ai.assistant.message") {
      const calls = listIn(values.tool_calls);
      if (calls !== undefined) asked.push({ role: "assistant", content: null, tool_calls: calls });
    } else if (name === "gen_ai.choice") {
      const message = documentIn(values.message);
      const calls = listIn(values.tool_calls) ??
        listIn(isJsonObject(message) ? message.tool_calls : undefined);
      if (calls !== undefined) answered.push({ role: "assistant", content: null, tool_calls: calls });
    }
  }
  return asked.length + answered.length === 0 ? undefined : { asked, answered: answersOf(answered) };
}

/** The bodies of request and response as they stand; LangChain has its messages in their place. */
function bodies(attributes: JsonObject): Exchange | undefined {
  const request = documentIn(attributes["input.value"]);
  const response = documentIn(attributes["output.value"]);
  if (isJsonObject(response) && isAnswer(response)) {
    return { asked: isJsonObject(request) ? historyIn(request) : [], answered: [response] };
  }
  const messages = isJsonObject(request) ? listIn(request.messages) : undefined;
  if (messages === undefined || !isJsonObject(response)) return undefined;
  const generation = [listIn(response.generations)?.[0] ?? null].flat()[0];
  const message = isJsonObject(generation) && isJsonObject(generation.message)
    ? generation.message
    : undefined;
  const known = message === undefined ? undefined : langchainMessage(message);
  if (known === undefined) return undefined;
  const first = Array.isArray(messages[0]) ? messages[0] : messages;
  return {
    asked: first.map((one) => isJsonObject(one) ? chatMessage(langchainMessage(one) ?? one) : one),
    answered: answersOf([chatMessage(known)]),
  };
}

/** A message of LangChain in the form of Chat Completions. */
function chatMessage(message: JsonObject): JsonObject {
  const { type, content, tool_calls: calls, tool_call_id: id, status } = message;
  if (type === "tool") {
    return {
      role: "tool",
      ...given("tool_call_id", id),
      content: content ?? null,
      ...status === "error" ? { status } : {},
    };
  }
  if (typeof type !== "string" || !Array.isArray(calls)) {
    return {
      role: type === "ai" ? "assistant" : type === "system" ? "system" : "user",
      content: content ?? null,
    };
  }
  return plainMessage(
    { role: "assistant" },
    calls.map((call): JsonValue =>
      isJsonObject(call)
        ? {
          ...given("id", call.id),
          type: "function",
          function: { name: call.name ?? null, arguments: call.args ?? {} },
        }
        : call
    ),
    content,
  );
}

function answersOf(messages: readonly JsonValue[]): JsonValue[] {
  const calls = messages.filter((message) => isJsonObject(message) && Array.isArray(message.tool_calls));
  // Every message of an output was given, so each is an answer of its own.
  return calls.map((message) => ({ object: "chat.completion", choices: [{ message }] }));
}

const given = (name: string, value: JsonValue | undefined): JsonObject =>
  value === undefined || value === null ? {} : { [name]: value };

/** The texts of a list of blocks are joined later on; any other list is kept as it stands. */
const textOf = (value: JsonValue): JsonValue => Array.isArray(value) ? canonicalize(value) : value;

function eventsIn({ events }: JsonObject): { name: JsonValue | undefined; values: JsonObject }[] {
  return (Array.isArray(events) ? events : []).filter(isJsonObject).map((event) => ({
    name: event.name,
    values: readAttributes(event.attributes).values,
  }));
}

function listIn(value: JsonValue | undefined): JsonValue[] | undefined {
  const document = documentIn(value);
  return Array.isArray(document) ? document : undefined;
}

function documentIn(value: JsonValue | undefined): JsonValue | undefined {
  if (typeof value !== "string") return value;
  if (!/^\s{0,8}[[{]/.test(value)) return undefined;
  try {
    return readJson(value, { what: "attribute", numbers: "text", duplicates: "refuse" });
  } catch {
    return undefined;
  }
}
