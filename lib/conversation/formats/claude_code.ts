import {
  asText,
  canonicalize,
  isJsonObject,
  type JsonObject,
  type JsonValue,
} from "../../formats/json/mod.ts";
import { readAnthropicMessage } from "../anthropic.ts";
import type { Ledger } from "../ledger.ts";
import type { Keeping } from "../keeping.ts";
import type { Message } from "../messages.ts";
import { readContent } from "./gemini.ts";
import { type OpenLog, openLog, readValues } from "./lines.ts";
import { readSubagentCall, subagentCallIn } from "./qwen_telemetry.ts";
import { countSkipped, type Element, type FormatReader, type LineReader, wordOf } from "./reader.ts";

/** Session files of Claude Code (`~/.claude/projects/…/<session>.jsonl`) and its `--output-format stream-json`. */
export const claudeCode: FormatReader = {
  title: "Claude Code: session JSONL, stream-json; sessions of Qwen Code and Droid",
  reads:
    "blocks `tool_use` and `tool_result` of lines of type `assistant` and `user`, including those of subagents; parts `functionCall` and `functionResponse`, and events `qwen-code.tool_call` of subagents (Qwen Code); one run per session",
  lost: "what was said, progress, summaries, partial messages",
  example:
    '{"type":"assistant","sessionId":"s","message":{"role":"assistant","content":[{"type":"tool_use","id":"t1","name":"Bash","input":{}}]}}',
  detect: (values) => values.some(isLine),
  read: (roots) => readValues(roots, openSessions),
  // Lines before the first one with an id wait for it.
  byLine: (keep, sample) =>
    sample.some((value) => sessionOf(value) !== undefined) ? openSessions(keep) : undefined,
};

function openSessions(keep: Keeping): LineReader {
  const sessions = new Map<string, OpenLog>();
  const leading: Element[] = [];
  let current: OpenLog | undefined;
  const open = (id: string): OpenLog => {
    const known = sessions.get(id);
    if (known !== undefined) return known;
    const session = openSession(id, keep);
    sessions.set(id, session);
    // They belong to the first session.
    for (const element of leading.splice(0)) session.add(element);
    return session;
  };
  return {
    add(element) {
      const id = sessionOf(element.value);
      // Summaries and snapshots are in the file of their session but lack its id.
      if (id !== undefined) current = open(id);
      if (current === undefined) leading.push(element);
      else current.add(element);
    },
    end() {
      if (leading.length > 0) open("");
      return { readings: [...sessions.values()].map((session) => session.end()), skipped: [] };
    },
  };
}

function isLine(value: JsonValue): boolean {
  if (!isJsonObject(value) || !isJsonObject(value.message)) return false;
  if (value.type === "message") return blocksOf(value.message).some(({ type }) => CALLS.has(asText(type)));
  return (value.type === "assistant" || value.type === "user") && sessionOf(value) !== undefined;
}

/** Others have thinking, too. */
const CALLS = new Set(["tool_use", "tool_result"]);

function sessionOf(value: JsonValue): string | undefined {
  if (!isJsonObject(value)) return undefined;
  const id = value.sessionId ?? value.session_id;
  return typeof id === "string" && id !== "" ? id : undefined;
}

function openSession(id: string, keep: Keeping): OpenLog {
  const seen = new Set<string>();
  const others = countSkipped();
  const unread: UnreadCalls[] = [];
  const known = new Set<string>();
  const early: Message[] = [];
  const position = id === "" ? "session" : `session ${id}`;
  return openLog(
    position,
    keep,
    (line, ledger) => {
      const { value } = line;
      const spoken = messageOf(value);
      if (spoken === undefined) {
        ledger.use(line.time);
        const ofSubagent = subagentCallIn(value);
        if (ofSubagent !== undefined) {
          const again = repeated(value, ofSubagent, seen, keep);
          return again === undefined
            ? readSubagentCall(ofSubagent, line, ledger)
            : ledger.skip(line.position, again);
        }
        const type = wordOf(value.type);
        others.add(`line of type "${type}"`);
        const calls = callsIn(value);
        const isAbout = typeof value.type === "string" && ABOUT_CALLS.has(value.type);
        if (calls.length > 0) unread.push({ position: line.position, type, isAbout, calls });
        return;
      }
      const again = repeated(value, spoken, seen, keep);
      if (again !== undefined) return ledger.skip(line.position, again);
      if (Array.isArray(spoken.parts)) return readContent({ ...line, value: spoken }, ledger);
      const message = unrepeated(spoken, line.position, seen, keep, ledger);
      for (const block of blocksOf(spoken)) if (typeof block.id === "string") known.add(block.id);
      readAnthropicMessage(
        { ...line, value: withoutEarly({ ...line, value: message }, known, early) },
        ledger,
      );
    },
    (ledger) => {
      for (const message of early) readAnthropicMessage(message, ledger);
      others.report(ledger, position);
      for (const line of unread) reportUnknown(line, known, ledger);
    },
  );
}

/**
 * The message of a line; that of a subagent is nested in a progress line. Factory's Droid has a type of line for all
 * messages, Qwen Code has one for results, and messages of Gemini.
 */
function messageOf({ type, message, data }: JsonObject): JsonObject | undefined {
  if (type === "assistant" || type === "user" || type === "message" || type === "tool_result") {
    return isJsonObject(message) ? message : undefined;
  }
  if (type !== "progress" || !isJsonObject(data) || !isJsonObject(data.message)) return undefined;
  return isJsonObject(data.message.message) ? data.message.message : undefined;
}

/** Why a line is a repetition: a resumed session copies the lines of the previous one. */
function repeated(
  { uuid }: JsonObject,
  message: JsonObject,
  seen: Set<string>,
  keep: Keeping,
): string | undefined {
  if (typeof uuid !== "string") return undefined;
  const key = keep.key(canonicalize(["line", uuid, message]));
  if (seen.has(key)) return `line "${uuid.slice(0, 80)}" again`;
  seen.add(key);
  return undefined;
}

/** A message without the calls of earlier lines: lines are written again as a message grows. */
function unrepeated(
  message: JsonObject,
  position: string,
  seen: Set<string>,
  keep: Keeping,
  ledger: Ledger,
): JsonObject {
  if (!Array.isArray(message.content)) return message;
  const content = message.content.filter((block, i) => {
    if (!isJsonObject(block) || typeof block.id !== "string") return true;
    const key = keep.key(canonicalize(["block", block]));
    if (!seen.has(key)) {
      seen.add(key);
      return true;
    }
    ledger.skip(`${position}, block ${i + 1}`, `call "${block.id.slice(0, 80)}" again`);
    return false;
  });
  return { ...message, content };
}

/**
 * A message without the results of calls that are not there yet: lines are written as they are done with, and ids are
 * unique, so that such a result is of a line further down. It is kept with the place that it had.
 */
function withoutEarly(message: Message, known: ReadonlySet<string>, early: Message[]): JsonObject {
  const { content } = message.value;
  if (!Array.isArray(content)) return message.value;
  const isEarly = (block: JsonValue): block is JsonObject =>
    isJsonObject(block) && block.type === "tool_result" && typeof block.tool_use_id === "string" &&
    !known.has(block.tool_use_id);
  if (!content.some(isEarly)) return message.value;
  const nothing = { type: "text", text: "" };
  early.push({
    ...message,
    value: { role: "user", content: content.map((block) => isEarly(block) ? block : nothing) },
  });
  return { ...message.value, content: content.map((block) => isEarly(block) ? nothing : block) };
}

function blocksOf({ content }: JsonObject): JsonObject[] {
  return Array.isArray(content) ? content.filter(isJsonObject) : [];
}

/** Types of lines that repeat calls in progress or describe them. */
const ABOUT_CALLS = new Set(["stream_event", "progress", "result", "system", "attachment"]);

/** Calls in a line that is not read. */
interface UnreadCalls {
  readonly position: string;
  /** Its type, and whether it is one of {@linkcode ABOUT_CALLS}. */
  readonly type: string;
  readonly isAbout: boolean;
  readonly calls: readonly SeenId[];
}

type SeenId = Pick<JsonObject, "id" | "name">;

/**
 * Handle a call that occurs only in lines that are not read. If it was never completed, it is listed; otherwise the
 * session is refused, because its runpack would attest that the call was never made.
 */
function reportUnknown(
  { position, type, isAbout, calls }: UnreadCalls,
  known: ReadonlySet<string>,
  ledger: Ledger,
) {
  for (const { id, name } of calls) {
    if (typeof id === "string" && known.has(id)) continue;
    const what = `call of "${wordOf(name)}" in a line of type "${type}"`;
    if (isAbout) ledger.skip(position, `${what}, which was not completed`);
    else ledger.foreign(position, what);
  }
}

const CALL_TYPES = new Set(["tool_use", "function_call", "custom_tool_call", "toolCall", "tool-call"]);

/** Blocks of type `tool_use` at any depth, and calls of other programs, whose lines may stand in the same file. */
function callsIn(value: JsonValue): SeenId[] {
  if (Array.isArray(value)) return value.flatMap(callsIn);
  if (!isJsonObject(value)) return [];
  const inside = Object.values(value).flatMap(callsIn);
  const { type, id, call_id: callId, name } = value;
  const isCall = typeof type === "string" && CALL_TYPES.has(type);
  return isCall ? [{ id: id ?? callId ?? null, name: asText(name) }, ...inside] : inside;
}
