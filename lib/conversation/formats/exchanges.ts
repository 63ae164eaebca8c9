import {
  asText,
  canonicalize,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  readJson,
} from "../../formats/json/mod.ts";
import { findCallMark } from "../call_marks.ts";
import { GaitError } from "../../errors/mod.ts";
import { hasFraction } from "../../formats/time.ts";
import type { Ledger } from "../ledger.ts";
import { type Message, timeIn } from "../messages.ts";
import { itemKind } from "../openai_items.ts";
import { isNonEmpty, readArguments } from "../payload.ts";
import { readEvents } from "../sse.ts";
import { mergeStreams } from "./answer_streams.ts";
import { answerReader, isAnswer } from "./answers.ts";
import { AS_VALUES, type Keeping } from "../keeping.ts";
import { openGeminiExchanges } from "./gemini_exchanges.ts";
import { partOfConversation } from "./exchange_parts.ts";
import { exchangedBodies, exchangeIn, recordingIn, UNREAD_BODY } from "./recorded_exchanges.ts";
import { oneLog, openLog, readValues } from "./lines.ts";
import { countSkipped, type Element, type FormatReader, type LineReader, objectsIn } from "./reader.ts";

/**
 * Exchanges with the API of a model, as proxies and recorders log them. Each request repeats the history, so a call
 * counts when it is first told of, and an answer once for each call.
 */
export const exchanges: FormatReader = {
  title:
    "Proxy logs: `request` and `response` of the APIs of OpenAI, Anthropic, Gemini and Bedrock; HTTP archives (HAR), cassettes (VCR, YAML or JSON); Helicone, LiteLLM; logs of model invocations of Amazon Bedrock",
  reads:
    "calls in the `response`, also streamed; results, and calls that were made before the log began, in `messages`, `input` or `contents` of the `request`; bodies as objects, as JSON text, or as server-sent events",
  lost:
    "what was said; the repeated history is counted; calls without an id in a request are refused, but for Gemini's, which are known by what came before them",
  example:
    '{"request":{"messages":[{"role":"user","content":"pay"}]},"response":{"choices":[{"message":{"role":"assistant","tool_calls":[{"id":"c1","function":{"name":"pay","arguments":"{}"}}]}}]}}',
  detect: (values) => values.some((value) => isJsonObject(value) && isExchange(value)),
  read: (roots) => readValues(roots, openConversation),
  byLine: openConversation,
  partOf: (value) => partOfConversation(value, isExchange, bodiesOf),
};

function openConversation(keep: Keeping): LineReader {
  const others = countSkipped();
  const read = exchangeReader(others.add, keep.key);
  const end = (ledger: Ledger) => others.report(ledger, "conversation 1");
  const log = openLog("conversation 1", keep, read, end);
  return oneLog({
    add: (element) => log.add(element, recordedIn(element)),
    end: log.end,
  });
}

/** The exchanges of a recording in one document; `undefined` for a line that is one. */
function recordedIn({ value, position }: Element): Element[] | undefined {
  return recordingIn(value)?.map((one, i) => ({ value: one, position: `${position}, exchange ${i + 1}` }));
}

function isExchange(value: JsonObject): boolean {
  const recorded = recordingIn(value);
  if (recorded !== undefined) return recorded.some(isExchange);
  // A step or result of the Vercel AI SDK has the outcome of its calls beside the exchange.
  if (typeof value.finishReason === "string" && [value.content, value.steps].some(Array.isArray)) {
    return false;
  }
  const { request: asked, response: answers } = bodiesOf(value) ?? {};
  if (!isJsonObject(asked) || answers === undefined) return false;
  if (Array.isArray(asked.messages)) return true;
  const list = Array.isArray(answers) ? answers : [answers];
  if (Array.isArray(asked.contents)) {
    return list.some((one) => isJsonObject(one) && Array.isArray(one.candidates));
  }
  return (Array.isArray(asked.input) || typeof asked.input === "string") && list.some(isAnswer);
}

/** The bodies of an exchange, read; `undefined` if the value is none. */
function bodiesOf(value: JsonObject): ReturnType<typeof exchangedBodies> | undefined {
  const exchange = exchangeIn(value);
  return exchange && exchangedBodies(bodyIn(exchange.request), bodyIn(exchange.response));
}

/** The body of a request or response: under a member, or the value itself; a text is read. */
function bodyIn(value: JsonValue | undefined): JsonValue | undefined {
  const body = isJsonObject(value) ? value.body ?? value.json ?? value.content_json ?? value : value;
  if (typeof body !== "string") return body;
  try {
    const events = readEvents(body, "body", parse);
    return events === undefined ? parse(body, "body") : events.map((event) => event.value);
  } catch (error) {
    if (!(error instanceof GaitError)) throw error;
    return body;
  }
}

const parse = (text: string, what: string) => readJson(text, { what, numbers: "text", duplicates: "refuse" });

/** Reads requests and their responses in a row. */
export interface ExchangeReader {
  /** Read the messages of a request: those that are known from earlier ones are passed over. */
  readonly request: (history: readonly JsonValue[], place: Place, ledger: Ledger) => void;
  /** Read a response, or the parts of a streamed one. */
  readonly response: (parts: readonly JsonValue[], place: Place, ledger: Ledger) => void;
}

/** Where something stands, and when it was. */
type Place = Pick<Message, "position" | "time">;

/**
 * @param leave counts what is passed over
 * @param key what a text is known by when it comes again
 */
export function openExchanges(
  leave: (kind: string) => void,
  key: Keeping["key"] = AS_VALUES.key,
): ExchangeReader {
  const read = answerReader(key);
  const known = new Map<string, string>();
  const answered = new Set<string>();

  /** Note a call of an answer: one with the id of another may be answered anew. */
  const note = (call: NamedCall) => {
    if (call.id === undefined) return;
    known.set(call.id, key(call.what));
    answered.delete(call.id);
  };

  /** Whether a call in the history is one that is known. */
  const isRepeated = (call: NamedCall, position: string, ledger: Ledger): boolean => {
    const what = call.id === undefined ? undefined : known.get(call.id);
    if (call.id === undefined) ledger.foreign(position, "a call without an id in a request");
    else if (what === undefined) note(call);
    else if (what !== key(call.what)) {
      ledger.foreign(position, `another call "${call.id.slice(0, 80)}" in a request`);
    }
    return what !== undefined;
  };

  const isAnswered = (id: JsonValue | undefined): boolean => {
    if (typeof id !== "string") return false;
    if (answered.has(id)) return true;
    answered.add(id);
    return false;
  };

  /** A message of the history without what is known; `undefined` if nothing is left. */
  function fresh(message: JsonObject, position: string, ledger: Ledger): JsonObject | undefined {
    const kind = itemKind(message);
    if (kind === "call") return isRepeated(callIn(message), position, ledger) ? undefined : message;
    if (kind === "output") return isAnswered(message.call_id) ? undefined : message;
    if (message.role === "tool") return isAnswered(message.tool_call_id) ? undefined : message;
    const { tool_calls: calls, content } = message;
    return {
      ...message,
      ...(Array.isArray(calls)
        ? {
          tool_calls: calls.filter((call) =>
            !isJsonObject(call) || !isRepeated(callIn(call), position, ledger)
          ),
        }
        : {}),
      ...(Array.isArray(content)
        ? {
          content: content.filter((block) => {
            if (!isJsonObject(block)) return true;
            const type = typeof block.type === "string" ? block.type : "";
            if (type.endsWith("tool_use")) return !isRepeated(callIn(block), position, ledger);
            return !isResult(block) || !isAnswered(block.tool_use_id);
          }),
        }
        : {}),
    };
  }

  return {
    request(history, { position, time }, ledger) {
      history.forEach((message, i) => {
        const place = `${position}, request message ${i + 1}`;
        if (!isJsonObject(message)) return ledger.leaveOut(place, message, "no JSON object");
        const left = fresh(message, place, ledger);
        if (left === undefined) return leave("call or answer that a request repeats");
        // When a call of the history was made is not known; its answer is what the request brings.
        if (holdsMore(left)) {
          read({ value: left, position: place, time: asks(left) ? undefined : time }, ledger);
        }
      });
    },
    response(parts, { position, time }, ledger) {
      const place = `${position}, response`;
      for (const element of mergeStreams(parts.map((value) => ({ value, position: place })))) {
        const answer = element.value;
        if (!isJsonObject(answer) || !isAnswer(answer)) {
          if (typeof answer === "string" && /"tool_(?:calls|use)"|_call"/.test(answer)) {
            ledger.foreign(place, "a response with calls that is no intact JSON");
          } else if (isUnread(answer)) {
            ledger.foreign(place, `a response that can't be unpacked (${asText(answer[UNREAD_BODY])})`);
          } else ledger.leaveOut(place, answer, "response without an answer");
          continue;
        }
        callsOf(answer).forEach(note);
        // What the provider ran itself has its results in the answer, and the next request repeats them.
        for (const block of objectsIn(answer.content)) if (isResult(block)) isAnswered(block.tool_use_id);
        read({ value: answer, position: place, time: time ?? timeIn(answer, place, ledger) }, ledger);
      }
    },
  };
}

function exchangeReader(
  leave: (kind: string) => void,
  key: Keeping["key"],
): (element: Message, ledger: Ledger) => void {
  const exchanges = openExchanges(leave, key);
  const gemini = openGeminiExchanges(leave, key);
  const seen = new Set<string>();
  return ({ value, position, time: given }, ledger) => {
    const exchange = exchangeIn(value);
    const about = exchange?.about;
    const time = given ?? (about === undefined ? undefined : timeIn(about, position, ledger));
    const { request: asked, response } = bodiesOf(value) ?? {};
    if (!isJsonObject(asked)) {
      // Recorders of HTTP keep what is not about a model, too.
      if (findCallMark(value) === undefined && findCallMark(response) === undefined) {
        return leave("entry that is no exchange with a model");
      }
      return ledger.leaveOut(position, [value, response ?? null], "no exchange");
    }
    ledger.use(time);
    const parts = Array.isArray(response) ? response : [response ?? null];
    // Archives of which one holds the other repeat exchanges, to the byte and the moment.
    if (time !== undefined && (hasFraction(time) || hasOwnId(parts[0]))) {
      const same = key(canonicalize([time, exchange!.request, exchange!.response ?? null]));
      if (seen.has(same)) return leave("exchange that is there already");
      seen.add(same);
    }
    if (isUnread(response) && !asksModel(asked)) return leave("entry that is no exchange with a model");
    if (Array.isArray(asked.contents)) {
      const after = gemini.request(asked.contents, { position, time }, ledger);
      return gemini.response(parts, after, { position, time }, ledger);
    }
    exchanges.request(historyIn(asked), { position, time }, ledger);
    exchanges.response(parts, { position, time }, ledger);
  };
}

/** An id that the provider gave to this answer alone. Without one, equal exchanges of one second may be two. */
const hasOwnId = (answer: JsonValue | undefined) => isJsonObject(answer) && isNonEmpty(answer.id);

const isUnread = (body: JsonValue | undefined): body is JsonObject =>
  isJsonObject(body) && Object.hasOwn(body, UNREAD_BODY);

const asksModel = (asked: JsonObject) =>
  historyIn(asked).length > 0 || Array.isArray(asked.contents) || typeof asked.input === "string";

/** The messages or items of a request. */
export function historyIn({ messages, input }: JsonObject): JsonValue[] {
  return Array.isArray(messages) ? messages : Array.isArray(input) ? input : [];
}

const isResult = ({ type }: JsonObject) => typeof type === "string" && type.endsWith("tool_result");

/** Whether a message or item of a history is one of the model, which may hold calls. */
const asks = (message: JsonObject) => message.role === "assistant" || itemKind(message) === "call";

/** Whether anything is left that could be a call or an answer. */
function holdsMore({ content, tool_calls: calls, ...others }: JsonObject): boolean {
  return Array.isArray(content) && content.length > 0 || Array.isArray(calls) && calls.length > 0 ||
    itemKind(others) !== undefined || others.role === "tool" || others.role === "function" ||
    (others.function_call ?? null) !== null || isJsonObject(content);
}

/** The calls of a whole answer. */
function callsOf({ choices, output, content, message: only }: JsonObject): NamedCall[] {
  const message = objectsIn(choices)[0]?.message ?? only;
  return [
    ...objectsIn(isJsonObject(message) ? message.tool_calls : undefined),
    ...objectsIn(output).filter((item) => itemKind(item) === "call"),
    ...objectsIn(content).filter(({ type }) => typeof type === "string" && type.endsWith("tool_use")),
  ].map(callIn);
}

interface NamedCall {
  readonly id: string | undefined;
  /** Tool and arguments, to tell calls of the same id apart. */
  readonly what: string;
}

function callIn(call: JsonObject): NamedCall {
  const named = [call.function, call.custom].find(isJsonObject) ?? call;
  const id = call.call_id ?? call.id;
  const args = named.arguments ?? named.input ?? call.action ?? null;
  return {
    id: typeof id === "string" && id.trim() !== "" ? id : undefined,
    what: canonicalize([named.name ?? call.type ?? null, readArguments(args).args]),
  };
}
