import { canonicalize, isJsonObject, type JsonObject, type JsonValue } from "../../formats/json/mod.ts";
import { findCallMark } from "../call_marks.ts";
import type { Ledger } from "../ledger.ts";
import type { Message } from "../messages.ts";
import { openAiReader } from "../openai.ts";
import { itemKind, only } from "../openai_items.ts";
import { isNonEmpty } from "../payload.ts";
import type { Keeping } from "../keeping.ts";
import { mcpToolOf } from "./codex_ends.ts";
import { openCodexEvents } from "./codex_outcome.ts";
import { openLog, readValues } from "./lines.ts";
import { countSkipped, type FormatReader, type LineReader, wordOf } from "./reader.ts";

/** Session files of Codex CLI (`~/.codex/sessions/…/rollout-*.jsonl`) and its `exec --json` output. */
export const codex: FormatReader = {
  title: "Codex CLI: rollouts, exec --json",
  reads:
    "`response_item` lines that are items of the Responses API, with the outcome that their output or an event gives; calls that only an event tells of (`item_completed`, `exec_command_end`, `mcp_tool_call_end`, `patch_apply_end`), as those of a script that the model wrote; items `command_execution`, `mcp_tool_call`, `collab_tool_call`, `file_change`, `web_search`",
  lost: "what was said, reasoning, events that repeat the items",
  example:
    '{"type":"response_item","payload":{"type":"function_call","call_id":"c1","name":"shell","arguments":"{}"}}',
  detect: (values) => values.some(isLine),
  read: (roots) => readValues(roots, openSession),
  byLine: openSession,
};

function openSession(keep: Keeping): LineReader {
  const others = countSkipped();
  const started = new Map<string, Message & { readonly item: JsonObject }>();
  const sessions = new Set<string>();
  const { readLine, readOutputs } = lineReader((kind) => others.add(kind), started, sessions, keep.key);
  const end = (ledger: Ledger) => {
    readOutputs(ledger);
    others.report(ledger, "session");
    // A call that was in progress when the session ended was executed at least in part.
    for (const { item, position, time } of started.values()) {
      readDone(item, position, time, ledger, () => {});
    }
  };
  const log = openLog("session", keep, readLine, end);
  return {
    add: (element) => log.add(element),
    end: () => ({
      readings: [{ ...log.end(), sessions: [...sessions].slice(0, MAX_SESSIONS) }],
      skipped: [],
    }),
  };
}

/** More sessions than a fork of forks goes through are not looked at: each of its calls is looked for in all of them. */
const MAX_SESSIONS = 16;

/** As long are ids that the API makes at random, at least. */
const RANDOM_ID = 16;

const LINES = new Set(["response_item", "event_msg", "session_meta", "turn_context", "compacted"]);

function isLine(value: JsonValue): boolean {
  if (!isJsonObject(value) || typeof value.type !== "string") return false;
  if (LINES.has(value.type)) return isJsonObject(value.payload);
  return value.type === "thread.started" || value.type === "item.completed" && isJsonObject(value.item);
}

const isOwn = ({ type, payload }: JsonObject) =>
  isJsonObject(payload) || typeof type === "string" && /^(?:thread|turn|item)[./]/.test(type);

function lineReader(
  leave: (kind: string) => void,
  started: Map<string, Message & { readonly item: JsonObject }>,
  sessions: Set<string>,
  key: Keeping["key"],
) {
  const read = openAiReader();
  const events = openCodexEvents();
  // The event that ends a call may stand behind its output.
  const outputs: Message[] = [];
  const known = new Map<string, string>();
  /** Whether an item is a call that is there already: a session that was forked begins with the history of another. */
  const isCopied = (item: JsonObject): boolean => {
    const { call_id: id, type, name, arguments: args, input, action } = item;
    if (typeof id !== "string" || id.length < RANDOM_ID || itemKind(item) !== "call") return false;
    const what = key(canonicalize([type ?? null, name ?? null, args ?? input ?? action ?? null]));
    if (known.get(id) === what) return true;
    known.set(id, what);
    return false;
  };
  const readOutputs = (ledger: Ledger): void => {
    for (const one of outputs.splice(0)) {
      read({ ...one, value: events.outcome(one.value) }, ledger);
    }
  };
  const readItem = (message: Message, ledger: Ledger): void => {
    if (itemKind(message.value) === "output") return void outputs.push(message);
    readOutputs(ledger);
    if (isCopied(message.value)) return leave("call that is there already");
    const again = events.item(message.value);
    if (again !== undefined) return ledger.skip(message.position, again);
    read({ ...message, value: withServer(message.value) }, ledger);
  };
  const readLine = ({ value, position, time }: Message, ledger: Ledger): void => {
    const { type, payload, item } = value;
    if (type === "response_item" && isJsonObject(payload)) {
      return readItem({ value: payload, position, time }, ledger);
    }
    if (type === "session_meta" && isJsonObject(payload)) {
      for (const id of [payload.id, payload.forked_from_id]) if (typeof id === "string") sessions.add(id);
    }
    if (type === "event_msg" && isJsonObject(payload)) {
      if (events.event({ value: payload, position, time }, ledger)) return;
    }
    if (type === "item.started" && isJsonObject(item) && typeof item.id === "string") {
      started.set(item.id, { value, position, time, item });
    }
    if (type === "item.completed" && isJsonObject(item) && typeof item.id === "string") {
      started.delete(item.id);
    }
    if (type === "item.completed" && isJsonObject(item)) return readDone(item, position, time, ledger, leave);
    // In older rollouts, the lines are the items themselves.
    if (itemKind(value) !== undefined) return readItem({ value, position, time }, ledger);
    ledger.use(time);
    const kind = `line of type "${wordOf(type)}"`;
    // Another program's line in the same file.
    const mark = isOwn(value) ? undefined : findCallMark(value);
    if (mark !== undefined) return ledger.foreign(position, `${kind}, with ${mark}`);
    leave(kind);
  };
  return { readLine, readOutputs };
}

/** A call of an MCP server's tool, under the name that the model knows: the server may stand in a member of its own. */
function withServer(item: JsonObject): JsonObject {
  const { name, namespace: space } = item;
  if (typeof name !== "string" || typeof space !== "string" || !/^mcp__./s.test(space)) return item;
  return name.startsWith(space)
    ? item
    : { ...item, name: `${space}${space.endsWith("__") ? "" : "__"}${name}` };
}

function readDone(
  item: JsonObject,
  position: string,
  time: Message["time"],
  ledger: Ledger,
  leave: (kind: string) => void,
): void {
  const type = item.type ?? item.item_type;
  const failed = item.status === "failed" || isNonEmpty(item.error) ||
    typeof item.exit_code === "number" && item.exit_code !== 0;
  ledger.use(time);
  const take = (tool: JsonValue | undefined, args: JsonValue | undefined, content: JsonValue | undefined) => {
    const call = ledger.call({ position, id: item.id, tool, args: args ?? {}, time });
    if (call !== undefined && item.status !== "in_progress") ledger.answerTo(call, { content, failed, time });
  };
  const status = { status: item.status ?? "completed" };
  switch (type) {
    case "command_execution":
      return take("command_execution", { command: item.command ?? null }, {
        output: item.aggregated_output ?? "",
        exit_code: item.exit_code ?? null,
      });
    case "mcp_tool_call":
      return take(mcpToolOf(item), item.arguments, item.error ?? item.result ?? status);
    case "file_change":
      return take("file_change", { changes: item.changes ?? [] }, status);
    case "web_search":
      return take("web_search", { query: item.query ?? null }, status);
    case "collab_tool_call":
      return take(item.tool, only(item, "prompt", "receiver_thread_ids"), {
        ...status,
        ...only(item, "agents_states"),
      });
    default:
      if (typeof type === "string" && type.endsWith("_call")) {
        return ledger.foreign(position, `item of type "${type.slice(0, 80)}"`);
      }
      leave(`item of type "${wordOf(type)}"`);
  }
}
