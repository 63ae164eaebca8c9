import {
  asText,
  canonicalize,
  isJsonObject,
  type JsonObject,
  type JsonValue,
} from "../../formats/json/mod.ts";
import type { Keeping } from "../keeping.ts";
import type { Ledger } from "../ledger.ts";
import type { Message } from "../messages.ts";
import { oneLog, openLog, readValues } from "./lines.ts";
import { countSkipped, type FormatReader, idIn, type LineReader, objectsIn, wordOf } from "./reader.ts";

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
  const calls = new Map<string, Known>();
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
      ledger.answer({ position, id, content: item.output, time, mayPrecede: true });
      return true;
    }
    if (type !== "function_call" && type !== "mcp_call") return false;
    const id = idIn(item.call_id ?? item.id);
    const known = id === undefined ? undefined : calls.get(id);
    if (known !== undefined && !isAnother(item, known, keep)) {
      readOutcome(item, known, time, ledger);
      return true;
    }
    // The server tells of a call before its arguments are written, and of one that an interruption ended.
    if (status === "in_progress" || status === "incomplete") {
      if (id !== undefined) begun.set(id, position);
      else ledger.skip(position, "call that was not completed by the model");
      return true;
    }
    ledger.nextTurn();
    const call = ledger.call({ position, id, tool: item.name, args: item.arguments, time });
    const made = { call, item: idIn(item.id), key: keyOf(item, keep), isAnswered: false };
    if (id !== undefined) begun.delete(id);
    if (id !== undefined) calls.set(id, made);
    readOutcome(item, made, time, ledger);
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
    const read = items.map((one) =>
      readItem(isJustAdded(type, one) ? { ...one, status: "in_progress" } : one, { position, time }, ledger)
    );
    if (typeof type !== "string" || !/^[a-z_]+(?:\.|$)/.test(type) || type === "message") {
      ledger.leaveOut(position, value, "no event of a session");
    } else if (isWhole ? !read.includes(true) : read.length === 0) {
      others.add(`event "${wordOf(type)}"`);
    } else if (!isWhole && read.includes(true)) {
      ledger.foreign(position, `a call in an event "${asText(type)}"`);
    }
  }, (ledger) => {
    for (const position of begun.values()) ledger.skip(position, "call that was not completed by the model");
    others.report(ledger, "session");
  }));
}

/** Whether an item is not complete, whatever its status: it was just added. Calls by MCP have no status. */
function isJustAdded(type: JsonValue | undefined, { type: kind, output, error }: JsonObject): boolean {
  const isOpen = (output ?? error ?? null) === null;
  return isOpen && (type === "response.output_item.added" ||
    kind === "mcp_call" && /^conversation\.item\.(?:added|created)$/.test(asText(type)));
}

/** A call that was read, by its id. */
interface Known {
  readonly call: number | undefined;
  readonly item: string | undefined;
  /** Its tool and arguments. */
  readonly key: string;
  isAnswered: boolean;
}

const keyOf = ({ name, arguments: args }: JsonObject, keep: Keeping) =>
  keep.key(canonicalize([name ?? null, args ?? null]));

/** Whether an item is of another call with the id of a known one; a session that goes on repeats its items. */
function isAnother(item: JsonObject, known: Known, keep: Keeping): boolean {
  const id = idIn(item.id);
  return item.status === "completed" && id !== undefined && known.item !== undefined && id !== known.item &&
    keyOf(item, keep) !== known.key;
}

/** A call by MCP has its outcome in the item, which may be told of again before there is one. */
function readOutcome(item: JsonObject, known: Known, time: Message["time"], ledger: Ledger): void {
  const failed = (item.error ?? null) !== null;
  const content = failed ? item.error : item.output;
  if (
    item.type !== "mcp_call" || known.call === undefined || known.isAnswered || (content ?? null) === null
  ) return;
  known.isAnswered = true;
  ledger.answerTo(known.call, { content, failed, time });
}
