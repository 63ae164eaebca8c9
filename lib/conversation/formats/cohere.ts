import { canonicalize, isJsonObject, type JsonObject, type JsonValue } from "../../formats/json/mod.ts";
import type { Keeping } from "../keeping.ts";
import type { Ledger } from "../ledger.ts";
import type { Message } from "../messages.ts";
import { openCohereHistory } from "./cohere_history.ts";
import { oneLog, openLog, readValues } from "./lines.ts";
import { countSkipped, type FormatReader, objectsIn, textIn, wordOf } from "./reader.ts";

/** The first version of Cohere's Chat API, whose calls have no ids; the second one has messages and answers of its own. */
export const cohere: FormatReader = {
  title: "Cohere Chat API, version 1: answers, streamed answers, requests, chat histories",
  reads:
    "`tool_calls` of answers, of `tool-calls-generation` and of messages of role `CHATBOT`; `tool_results`, by the tool and arguments of their calls",
  lost: "what was said; the repeated history is counted",
  example:
    '{"generation_id":"g","text":"","finish_reason":"COMPLETE","tool_calls":[{"name":"pay","parameters":{"cents":5}}]}',
  detect: (values) =>
    values.some((value) =>
      isJsonObject(value) && (isAnswer(value) || isEvent(value) || isMessage(value) || isRequest(value))
    ),
  read: (roots) => readValues(roots, open),
  byLine: open,
};

const isCall = (call: JsonObject) => typeof call.name === "string" && isJsonObject(call.parameters);

const isAnswer = (value: JsonObject) =>
  [value.generation_id, value.response_id].some((id) => typeof id === "string") &&
  typeof value.text === "string" &&
  (objectsIn(value.tool_calls).some(isCall) || objectsIn(value.chat_history).some(isMessage));

const isRequest = (value: JsonObject) =>
  typeof value.message === "string" &&
  (objectsIn(value.chat_history).some(isMessage) || objectsIn(value.tool_results).some(isResult));

const isResult = ({ call, outputs }: JsonObject) =>
  isJsonObject(call) && isCall(call) && Array.isArray(outputs);

/** A message with a call or a result; those that only say something look the same in other formats. */
const isMessage = ({ role, tool_calls: calls, tool_results: results }: JsonObject) =>
  role === "CHATBOT" && (calls === undefined || calls === null || objectsIn(calls).some(isCall)) ||
  role === "TOOL" && objectsIn(results).some(isResult);

const EVENTS = new Set([
  "stream-start",
  "search-queries-generation",
  "search-results",
  "text-generation",
  "citation-generation",
  "tool-calls-chunk",
  "tool-calls-generation",
  "stream-end",
  "debug",
]);

const isEvent = ({ event_type: type, is_finished: ended }: JsonObject) =>
  typeof type === "string" && EVENTS.has(type) && typeof ended === "boolean";

const ROLES = new Set(["USER", "CHATBOT", "SYSTEM", "TOOL"]);

function open(keep: Keeping) {
  const others = countSkipped();
  const history = openCohereHistory(others.add, keep.key);
  const seen = new Set<string>();
  let stream:
    | { calls: JsonObject[] | undefined; pieces: boolean; place: Pick<Message, "position" | "time"> }
    | undefined;

  function readAnswer(value: JsonObject, place: Pick<Message, "position" | "time">, ledger: Ledger): void {
    const id = textIn(value.generation_id) ?? textIn(value.response_id);
    if (id !== undefined) {
      const known = keep.key(canonicalize(value));
      if (seen.has(known)) return ledger.skip(place.position, `answer "${id.slice(0, 80)}" again`);
      seen.add(known);
    }
    const calls = objectsIn(value.tool_calls);
    const repeated = objectsIn(value.chat_history);
    const last = repeated.at(-1);
    // The history of an answer ends with the answer itself.
    const isOwn = last?.role === "CHATBOT" &&
      canonicalize(last.tool_calls ?? []) === canonicalize(value.tool_calls ?? []);
    if (repeated.length > 0) history.request(isOwn ? repeated.slice(0, -1) : repeated, place, ledger);
    history.response(calls, place, ledger);
  }

  /** A stream whose end is not there. */
  function breakOff(ledger: Ledger): void {
    if (stream?.calls !== undefined) history.response(stream.calls, stream.place, ledger);
    else if (stream?.pieces) {
      ledger.skip(stream.place.position, "call that was not complete when the stream broke off");
    }
    stream = undefined;
  }

  function readEvent(value: JsonObject, place: Pick<Message, "position" | "time">, ledger: Ledger): void {
    const { event_type: type, response, tool_calls: calls } = value;
    if (type === "stream-start" || stream === undefined || type === "tool-calls-generation" && stream.calls) {
      breakOff(ledger);
      stream = { calls: undefined, pieces: false, place };
    }
    if (type === "tool-calls-chunk") stream.pieces ||= isJsonObject(value.tool_call_delta);
    if (type === "tool-calls-generation") stream.calls = objectsIn(calls);
    if (type !== "stream-end") return;
    const { calls: streamed } = stream;
    stream = undefined;
    const whole = isJsonObject(response) ? response : {};
    readAnswer(streamed === undefined ? whole : { tool_calls: streamed, ...whole }, place, ledger);
  }

  return oneLog(
    openLog("conversation 1", keep, ({ value, position, time }, ledger) => {
      ledger.use(time);
      const place = { position, time };
      if (isEvent(value)) readEvent(value, place, ledger);
      else if (typeof value.role === "string" && ROLES.has(value.role)) history.message(value, place, ledger);
      else if (
        typeof value.text === "string" && (isAnswer(value) || typeof value.finish_reason === "string")
      ) {
        readAnswer(value, place, ledger);
      } else if (Array.isArray(value.chat_history) || Array.isArray(value.tool_results)) {
        const results: JsonValue[] = Array.isArray(value.tool_results)
          ? [{ role: "TOOL", tool_results: value.tool_results }]
          : [];
        history.request([...objectsIn(value.chat_history), ...objectsIn(results)], place, ledger);
      } else ledger.leaveOut(position, value, `value of type "${wordOf(value.event_type)}"`);
    }, (ledger) => {
      breakOff(ledger);
      others.report(ledger, "conversation 1");
    }),
  );
}
