import { canonicalize, isJsonObject, type JsonObject, type JsonValue } from "../formats/json/mod.ts";
import { isAnswer } from "./formats/answers.ts";
import { historyIn } from "./formats/exchanges.ts";
import { langchainMessage } from "./langchain_message.ts";
import { indexedIn, recordsIn } from "./otel_indexed.ts";
import { documentIn, listedEvents, logfireBodies } from "./otel_logfire.ts";
import type { Span } from "./otel_traces.ts";
import { readAttributes } from "./otlp_value.ts";

/** What a span of a model tells of one exchange with it, in the form of Chat Completions. */
export interface Exchange {
  readonly asked: readonly JsonValue[];
  readonly answered: readonly JsonValue[];
}

/** The exchange that a span tells of, by the first convention that it follows. */
export function exchangeOf({ value, attributes }: Span): Exchange | undefined {
  const sources = [attributes, ...eventsIn(value).map(({ values }) => values)];
  for (const read of [semantic, openInference, traceloop, logfire]) {
    const found = sources.map(read).find((exchange) => exchange !== undefined);
    if (found !== undefined) return found;
  }
  return fromEvents(eventsIn(value)) ?? fromEvents(listedEvents(attributes)) ?? bodies(attributes);
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

/** Messages in the bodies that Logfire keeps. */
function logfire(attributes: JsonObject): Exchange | undefined {
  const found = logfireBodies(attributes);
  if (found === undefined) return undefined;
  const { asked, message } = found;
  return { asked, answered: answersOf(message === undefined ? [] : [message]) };
}

/** Events of the semantic conventions before they had attributes for messages. */
function fromEvents(
  events: readonly { name: JsonValue | undefined; values: JsonObject }[],
): Exchange | undefined {
  const asked: JsonValue[] = [];
  const answered: JsonValue[] = [];
  for (const { name, values } of events) {
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
