import { isJsonObject, type JsonObject, type JsonValue } from "../../formats/json/mod.ts";
import type { Keeping } from "../keeping.ts";
import type { Ledger } from "../ledger.ts";
import type { Message } from "../messages.ts";
import { oneLog, openLog, readValues } from "./lines.ts";
import { countSkipped, type FormatReader, idIn, type LineReader, objectsIn } from "./reader.ts";

/** Events of sessions of OpenAI's Realtime API, of the client and of the server. */
export const realtime: FormatReader = {
  title: "OpenAI Realtime: events of a session, also wrapped in a member `event` or `data`",
  reads: "items `function_call`, `mcp_call` and `function_call_output` of any event, each once",
  lost: "what was said, audio, deltas; calls of an answer that was interrupted are listed",
  example:
    '{"type":"conversation.item.created","item":{"object":"realtime.item","type":"function_call","status":"completed","call_id":"c1","name":"pay","arguments":"{}"}}',
  detect: (values) => values.some((value) => isSession(eventIn(value))),
  read: (roots) => readValues(roots, openSession),
  byLine: openSession,
};

function eventIn(value: JsonValue): JsonObject {
  if (!isJsonObject(value)) return {};
  const inside = [value.event, value.data, value.message].find(isJsonObject);
  return typeof value.type === "string" && /^[a-z_]+\./.test(value.type) || inside === undefined
    ? value
    : inside;
}

function isSession({ type, item, response, session }: JsonObject): boolean {
  return typeof type === "string" && (/^(?:conversation\.item|input_audio_buffer)\./.test(type) ||
    [item, response, session].some((one) =>
      isJsonObject(one) && typeof one.object === "string" && one.object.startsWith("realtime.")
    ));
}

function openSession(keep: Keeping): LineReader {
  const others = countSkipped();
  const calls = new Set<string>();
  const answered = new Set<string>();
  /** Calls that were begun, with the place of the last event about them. */
  const begun = new Map<string, string>();

  function readItem(
    item: JsonObject,
    { position, time }: Pick<Message, "position" | "time">,
    ledger: Ledger,
  ) {
    const { type, status } = item;
    if (type === "function_call_output") {
      const id = idIn(item.call_id);
      if (id !== undefined && answered.has(id)) return true;
      if (id !== undefined) answered.add(id);
      ledger.answer({ position, id, content: item.output, time });
      return true;
    }
    if (type !== "function_call" && type !== "mcp_call") return false;
    const id = idIn(item.call_id ?? item.id);
    if (id !== undefined && calls.has(id)) return true;
    // The server tells of a call before its arguments are written, and of one that an interruption ended.
    if (status === "in_progress" || status === "incomplete") {
      if (id !== undefined) begun.set(id, position);
      else ledger.skip(position, "call that was not completed by the model");
      return true;
    }
    if (id !== undefined) begun.delete(id);
    if (id !== undefined) calls.add(id);
    ledger.nextTurn();
    const call = ledger.call({ position, id, tool: item.name, args: item.arguments, time });
    const content = item.output ?? item.error;
    if (type !== "mcp_call" || call === undefined || (content ?? null) === null) return true;
    const failed = (item.error ?? null) !== null;
    ledger.answerTo(call, { content: failed ? item.error : content, failed, time });
    return true;
  }

  return oneLog(openLog("session", keep, ({ value, position, time }, ledger) => {
    ledger.use(time);
    const event = eventIn(value);
    const { type, item, response } = event;
    // Other events of a call are parts of what these tell as a whole.
    const isWhole = typeof type === "string" &&
      /^(?:conversation\.item\.(?:create|created|added|done|retrieved)|response\.(?:output_item\.(?:added|done)|done))$/
        .test(type);
    const items = isJsonObject(item)
      ? [item]
      : objectsIn(isJsonObject(response) ? response.output : undefined);
    // An item that is just added is not complete, whatever its status.
    const isAdded = type === "response.output_item.added";
    const read = items.map((one) =>
      readItem(isAdded && !one.output ? { status: "in_progress", ...one } : one, { position, time }, ledger)
    );
    if (isWhole ? !read.includes(true) : read.length === 0) {
      others.add(`event "${String(type ?? "none").slice(0, 80)}"`);
    } else if (!isWhole && read.includes(true)) {
      ledger.foreign(position, `a call in an event "${String(type)}"`);
    }
  }, (ledger) => {
    for (const position of begun.values()) ledger.skip(position, "call that was not completed by the model");
    others.report(ledger, "session");
  }));
}
