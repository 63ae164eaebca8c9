import { canonicalize, isJsonObject, type JsonObject, type JsonValue } from "../../formats/json/mod.ts";
import { readAnthropicMessage } from "../anthropic.ts";
import type { Ledger } from "../ledger.ts";
import type { Message } from "../messages.ts";
import {
  countSkipped,
  type Element,
  elementsOf,
  type FormatReader,
  type Reading,
  readLog,
} from "./reader.ts";

/** Session files of Claude Code (`~/.claude/projects/…/<session>.jsonl`) and its `--output-format stream-json`. */
export const claudeCode: FormatReader = {
  title: "Claude Code: session JSONL, stream-json",
  reads:
    "blocks `tool_use` and `tool_result` of lines of type `assistant` and `user`, including those of subagents; one run per session",
  lost: "what was said, progress, summaries, partial messages",
  example:
    '{"type":"assistant","sessionId":"s","message":{"role":"assistant","content":[{"type":"tool_use","id":"t1","name":"Bash","input":{}}]}}',
  detect: (values) => values.some(isLine),
  read(roots) {
    const sessions = new Map<string, Element[]>();
    let session = "";
    for (const element of elementsOf(roots)) {
      // Summaries and snapshots are in the file of their session but lack its id.
      session = sessionOf(element.value) ?? session;
      const lines = sessions.get(session);
      if (lines === undefined) sessions.set(session, [element]);
      else lines.push(element);
    }
    mergeLeading(sessions);
    const readings = [...sessions].map(([id, elements]) => readSession(id, elements));
    return { readings, skipped: [] };
  },
};

function isLine(value: JsonValue): boolean {
  return isJsonObject(value) && (value.type === "assistant" || value.type === "user") &&
    isJsonObject(value.message) && sessionOf(value) !== undefined;
}

function sessionOf(value: JsonValue): string | undefined {
  if (!isJsonObject(value)) return undefined;
  const id = value.sessionId ?? value.session_id;
  return typeof id === "string" && id !== "" ? id : undefined;
}

/** Lines before the first one with an id belong to the first session. */
function mergeLeading(sessions: Map<string, Element[]>): void {
  const leading = sessions.get("");
  if (leading === undefined || sessions.size === 1) return;
  sessions.delete("");
  sessions.values().next().value?.unshift(...leading);
}

function readSession(id: string, elements: readonly Element[]): Reading {
  const seen = new Set<string>();
  const others = countSkipped();
  const partial: { position: string; value: JsonObject }[] = [];
  const known = new Set<string>();
  const position = id === "" ? "session" : `session ${id}`;
  return readLog(
    { position, value: elements.map(({ value }) => value), elements },
    (line, ledger) => {
      const spoken = messageOf(line.value);
      if (spoken === undefined) {
        ledger.use(line.time);
        others.add(`line of type "${String(line.value.type).slice(0, 80)}"`);
        partial.push(line);
        return;
      }
      const again = repeated(line.value, spoken, seen);
      if (again !== undefined) return ledger.skip(line.position, again);
      readAnthropicMessage({ ...line, value: unrepeated(spoken, line.position, seen, ledger) }, ledger);
      for (const block of blocksOf(spoken)) if (typeof block.id === "string") known.add(block.id);
    },
    (ledger) => {
      others.report(ledger, position);
      for (const line of partial) reportUnknown(line, known, ledger);
    },
  );
}

/** The message of a line; that of a subagent is nested in a progress line. */
function messageOf({ type, message, data }: JsonObject): JsonObject | undefined {
  if (type === "assistant" || type === "user") return isJsonObject(message) ? message : undefined;
  if (type !== "progress" || !isJsonObject(data) || !isJsonObject(data.message)) return undefined;
  return isJsonObject(data.message.message) ? data.message.message : undefined;
}

/** Why a line is a repetition: a resumed session copies the lines of the previous one. */
function repeated({ uuid }: JsonObject, message: JsonObject, seen: Set<string>): string | undefined {
  if (typeof uuid !== "string") return undefined;
  const key = canonicalize(["line", uuid, message]);
  if (seen.has(key)) return `line "${uuid.slice(0, 80)}" again`;
  seen.add(key);
  return undefined;
}

/** A message without the calls of earlier lines: lines are written again as a message grows. */
function unrepeated(message: JsonObject, position: string, seen: Set<string>, ledger: Ledger): JsonObject {
  if (!Array.isArray(message.content)) return message;
  const content = message.content.filter((block, i) => {
    if (!isJsonObject(block) || typeof block.id !== "string") return true;
    const key = canonicalize(["block", block]);
    if (!seen.has(key)) {
      seen.add(key);
      return true;
    }
    ledger.skip(`${position}, block ${i + 1}`, `call "${block.id.slice(0, 80)}" again`);
    return false;
  });
  return { ...message, content };
}

function blocksOf({ content }: JsonObject): JsonObject[] {
  return Array.isArray(content) ? content.filter(isJsonObject) : [];
}

/** Types of lines that repeat calls in progress or describe them. */
const ABOUT_CALLS = new Set(["stream_event", "progress", "result", "system", "attachment"]);

/**
 * Handle a call that occurs only in lines that are not read. If it was never completed, it is listed; otherwise the
 * session is refused, because its runpack would attest that the call was never made.
 */
function reportUnknown(
  { position, value }: Pick<Message, "position" | "value">,
  known: ReadonlySet<string>,
  ledger: Ledger,
) {
  for (const { id, name } of callsIn(value)) {
    if (typeof id === "string" && known.has(id)) continue;
    const what = `call of "${String(name).slice(0, 80)}" in a line of type "${
      String(value.type).slice(0, 80)
    }"`;
    if (typeof value.type === "string" && ABOUT_CALLS.has(value.type)) {
      ledger.skip(position, `${what}, which was not completed`);
    } else ledger.foreign(position, what);
  }
}

/** Blocks of type `tool_use` at any depth. */
function callsIn(value: JsonValue): JsonObject[] {
  if (Array.isArray(value)) return value.flatMap(callsIn);
  if (!isJsonObject(value)) return [];
  const inside = Object.values(value).flatMap(callsIn);
  return value.type === "tool_use" ? [value, ...inside] : inside;
}
