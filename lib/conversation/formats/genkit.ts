import { asText, isJsonObject, type JsonObject, type JsonValue } from "../../formats/json/mod.ts";
import type { Ledger } from "../ledger.ts";
import type { Message } from "../messages.ts";
import { messageFormat } from "./message_format.ts";
import { type Element, elementsOf, type FormatReader, itemsOf, objectsIn } from "./reader.ts";
import { attributeText, documentIn, readSpanRecords, type SpanRecord } from "./span_records.ts";

const ABOUT = {
  title: "Genkit: traces of its developer tools (`.genkit/traces`), messages",
  reads:
    "spans of tools with their input and output, else the messages of spans of models; parts `toolRequest` and `toolResponse` of messages; one run per trace",
  lost: "what was said; spans that call no tool",
  example: '[{"role":"model","content":[{"toolRequest":{"name":"pay","ref":"c1","input":{}}}]}]',
};

const messages = messageFormat(
  ABOUT,
  ({ role, content }) => typeof role === "string" && objectsIn(content).some(isToolPart),
  ({ value, position, time }, ledger) => {
    const { role, content } = value;
    if (typeof role !== "string" || !Array.isArray(content)) {
      return ledger.leaveOut(position, value, "no message that is known");
    }
    ledger.use(time);
    if (role === "model") ledger.nextTurn();
    content.forEach((part, i) => readPart(part, { position: `${position}, part ${i + 1}`, time }, ledger));
  },
);

/** Traces and messages of Genkit. */
export const genkit: FormatReader = {
  ...messages,
  detect: (values) => values.some((value) => tracesIn(value).some(isTrace)) || messages.detect(values),
  read(roots) {
    const traces = elementsOf(roots).flatMap((element): Element[] => {
      const list = tracesIn(element.value);
      return list.length === 1 && list[0] === element.value
        ? [element]
        : itemsOf(list, `${element.position}, trace`);
    });
    if (!traces.some(({ value }) => isTrace(value))) return messages.read(roots);
    return readSpanRecords(
      traces.flatMap(({ value, position }) =>
        isTrace(value)
          ? itemsOf(Object.values(value.spans as JsonObject), `${position}, span`)
          : [{ value, position }]
      ),
      spanOf,
    );
  },
};

function isToolPart({ toolRequest, toolResponse }: JsonObject): boolean {
  return isJsonObject(toolRequest) || isJsonObject(toolResponse);
}

function readPart(
  part: JsonValue,
  { position, time }: Pick<Message, "position" | "time">,
  ledger: Ledger,
): void {
  if (!isJsonObject(part)) return ledger.leaveOut(position, part, "no JSON object");
  const { toolRequest: request, toolResponse: response } = part;
  if (isJsonObject(request)) {
    if (request.partial === true) return ledger.skip(position, "call that was not completed by the model");
    const { ref: id, name: tool, input } = request;
    ledger.call({ position, id, tool, args: input ?? {}, time });
  } else if (isJsonObject(response)) {
    const { ref: id, name: tool, output: content } = response;
    ledger.answer({ position, id, tool, content, time });
  } else if (!SPEECH.some((name) => Object.hasOwn(part, name))) {
    ledger.leaveOut(position, part, "part that is not known");
  }
}

const SPEECH = ["text", "media", "reasoning", "data", "custom", "resource"];

/** The traces of a page of the API, or the value itself. */
const tracesIn = (value: JsonValue): readonly JsonValue[] =>
  isJsonObject(value) && Array.isArray(value.traces) ? value.traces : [value];

/** A trace has its spans by their ids. */
const isTrace = (value: JsonValue): value is JsonObject =>
  isJsonObject(value) && isJsonObject(value.spans) &&
  Object.values(value.spans).some((span) =>
    isJsonObject(span) && isJsonObject(span.attributes) && Object.hasOwn(span.attributes, "genkit:name")
  );

function spanOf(value: JsonObject): SpanRecord {
  const attributes = isJsonObject(value.attributes) ? value.attributes : {};
  const of = (name: string) => attributes[`genkit:${name}`];
  const kind = asText(of("metadata:subtype") ?? "");
  const isTool = kind === "tool" || kind === "tool.v2";
  const isModel = kind === "model";
  const status = isJsonObject(value.status) ? value.status : {};
  return {
    trace: value.traceId,
    id: value.spanId,
    parent: value.parentSpanId,
    name: of("name") ?? value.displayName,
    start: value.startTime,
    end: value.endTime,
    failed: status.code === 2 ? true : undefined,
    message: status.message,
    attributes: {
      "openinference.span.kind": isTool ? "TOOL" : isModel ? "LLM" : "CHAIN",
      "tool.name": isTool ? of("name") : undefined,
      "input.value": isModel ? attributeText(askedOf(of("input"))) : textOf(of("input")),
      "output.value": isModel ? attributeText(answerOf(of("output"))) : textOf(of("output")),
    },
  };
}

/** An attribute is a text with JSON, also where it is a text itself. */
function textOf(value: JsonValue | undefined): string | undefined {
  if (typeof value !== "string" || !value.startsWith('"')) return attributeText(value);
  try {
    return attributeText(JSON.parse(value));
  } catch {
    return value;
  }
}

/** The messages of a request to a model in the form of OpenAI. */
function askedOf(input: JsonValue | undefined): JsonValue | undefined {
  const asked = documentIn(input);
  return isJsonObject(asked) ? { messages: objectsIn(asked.messages).flatMap(messagesOf) } : asked;
}

function answerOf(output: JsonValue | undefined): JsonValue | undefined {
  const answer = documentIn(output);
  const message = isJsonObject(answer) && isJsonObject(answer.message) ? answer.message : undefined;
  return message === undefined
    ? answer
    : { choices: messagesOf(message).map((one) => ({ message: one as JsonValue })) };
}

function messagesOf({ role, content }: JsonObject): JsonObject[] {
  const parts = objectsIn(content);
  const calls = parts.flatMap(({ toolRequest: call }) => isJsonObject(call) ? [call] : []);
  const answers = parts.flatMap(({ toolResponse: answer }) => isJsonObject(answer) ? [answer] : []);
  if (answers.length > 0) {
    return answers.map(({ ref, output }) => ({
      role: "tool",
      tool_call_id: ref ?? null,
      content: attributeText(output) ?? "",
    }));
  }
  const message = { role: role === "model" ? "assistant" : role ?? null, content: null };
  return calls.length === 0 ? [message] : [{
    ...message,
    tool_calls: calls.map(({ ref, name, input }) => ({
      id: ref ?? null,
      type: "function",
      function: { name: name ?? null, arguments: JSON.stringify(input ?? {}) },
    })),
  }];
}
