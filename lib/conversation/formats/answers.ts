import { canonicalize, isJsonObject, type JsonObject, type JsonValue } from "../../formats/json/mod.ts";
import { readAnthropicMessage } from "../anthropic.ts";
import { findCallMark } from "../call_marks.ts";
import type { Ledger } from "../ledger.ts";
import { AS_VALUES, type Keeping } from "../keeping.ts";
import type { Message } from "../messages.ts";
import { openAiReader } from "../openai.ts";
import { isStreamed, mergeStreams, withoutDoubles } from "./answer_streams.ts";
import { BROKEN_OFF } from "./broken_off.ts";
import { isAnthropic } from "./marks.ts";
import { elementsOf, type FormatReader, objectsIn, readLog } from "./reader.ts";

/** Answers of model APIs as logged by SDKs and proxies; all answers of an input form one run. */
export const answers: FormatReader = {
  title:
    "API answers: OpenAI Chat Completions and Responses (also Mistral, Groq, xAI, Azure, …), Anthropic Messages, Ollama, Cohere; whole, streamed or of a batch",
  reads: "`choices[].message`, `message`, `output[]`, `content[]`; chunks and events are merged",
  lost: "what was said; all choices but the first; calls whose stream broke off are listed",
  example:
    '{"object":"chat.completion","choices":[{"message":{"role":"assistant","tool_calls":[{"id":"c1","function":{"name":"pay","arguments":"{}"}}]}}]}',
  detect: (values) => values.some((value) => isJsonObject(value) && isAnswer(unwrapped(value))),
  read(roots) {
    const all = elementsOf(roots).map(({ value, position }) => ({ value: unwrapped(value), position }));
    const elements = mergeStreams(all);
    const log = { position: "conversation 1", value: [...roots.values], elements };
    const doubles = all.length - withoutDoubles(all).length;
    const skipped = doubles === 0
      ? []
      : [{ position: "conversation 1", reason: `${doubles} × event that was written down twice` }];
    return { readings: [readLog(log, answerReader())], skipped };
  },
};

/** The answer in a line of a batch, or the line itself. */
function unwrapped(value: JsonValue): JsonValue {
  if (!isJsonObject(value) || typeof value.custom_id !== "string") return value;
  const { response, result } = value;
  if (isJsonObject(response) && isJsonObject(response.body)) return response.body;
  return isJsonObject(result) && isJsonObject(result.message) ? result.message : value;
}

/** Whether a value is an answer of an API, or a part of a streamed one. */
export function isAnswer(value: JsonValue): boolean {
  return isJsonObject(value) && (isChat(value) || isResponse(value) || isClaude(value) || isStreamed(value));
}

const isChat = (value: JsonObject) =>
  objectsIn(value.choices).some(({ message }) => isJsonObject(message)) || isOnlyChoice(value);
/** Ollama and Cohere give one message, without a list of choices. */
const isOnlyChoice = ({ message, done, finish_reason: reason }: JsonObject) =>
  isJsonObject(message) && message.role === "assistant" &&
  (typeof done === "boolean" || typeof reason === "string");
const isResponse = ({ object, output }: JsonObject) => object === "response" && Array.isArray(output);
const isClaude = (value: JsonObject) =>
  value.type === "message" && value.role === "assistant" && Array.isArray(value.content) &&
  typeof value.model === "string" && Object.hasOwn(value, "stop_reason");

/** A reader of answers, and of messages between them. */
export function answerReader(
  key: Keeping["key"] = AS_VALUES.key,
): (element: Message, ledger: Ledger) => void {
  const readOpenAi = openAiReader();
  const seen = new Set<string>();
  return (element: Message, ledger: Ledger): void => {
    const { value, position, time } = element;
    if (typeof value.id === "string" && value.id !== "") {
      const known = key(canonicalize(value));
      if (seen.has(known)) return ledger.skip(position, `answer "${value.id.slice(0, 80)}" again`);
      seen.add(known);
    }
    if (isClaude(value)) {
      return readAnthropicMessage({
        ...element,
        value: { ...value, content: completed(value.content, position, ledger) },
      }, ledger);
    }
    if (isResponse(value)) {
      ledger.use(time);
      const { output } = value as { output: JsonValue[] };
      output.forEach((item, i) => readItem(item, `${position}, item ${i + 1}`));
      return;
    }
    if (isChat(value)) {
      ledger.use(time);
      const choices = isOnlyChoice(value) ? [value] : objectsIn(value.choices);
      return choices.forEach(({ message }, i) => {
        const place = `${position}, choice ${i + 1}`;
        if (!isJsonObject(message)) return;
        // An application uses one of them; recording all would attest calls that were never made.
        if (i > 0) return ledger.skip(place, "one of several answers to choose from; the first is read");
        readItem({ role: "assistant", ...message, ...callsOf(message, place, ledger) }, place);
      });
    }
    // Messages between the answers, which contain the results of the calls.
    if (isAnthropic(value)) return readAnthropicMessage(element, ledger);
    if (
      typeof value.role === "string" || typeof value.type === "string" && findCallMark(value) !== undefined
    ) {
      return readOpenAi(element, ledger);
    }
    ledger.leaveOut(position, value, "no answer that is known");

    function readItem(item: JsonValue, place: string): void {
      if (isJsonObject(item)) readOpenAi({ value: item, position: place, time }, ledger);
      else ledger.leaveOut(place, item, "no JSON object");
    }
  };
}

function callsOf({ tool_calls: calls }: JsonObject, position: string, ledger: Ledger): JsonObject {
  return Array.isArray(calls) ? { tool_calls: completed(calls, position, ledger) } : {};
}

/** Remove the calls whose stream broke off: they can't have been made. */
function completed(list: JsonValue | undefined, position: string, ledger: Ledger): JsonValue[] {
  return (Array.isArray(list) ? list : []).flatMap((item, i) => {
    if (!isJsonObject(item) || !Object.hasOwn(item, BROKEN_OFF)) return [item];
    const isCall = item.type !== "text" && item.type !== "thinking";
    if (isCall) {
      ledger.skip(`${position}, call ${i + 1}`, "call that was not complete when the stream broke off");
    }
    return [];
  });
}
