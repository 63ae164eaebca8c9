import { isJsonObject, type JsonObject, type JsonValue, readJson } from "../../formats/json/mod.ts";
import type { Ledger } from "../ledger.ts";
import type { Message } from "../messages.ts";
import { itemKind, only } from "../openai_items.ts";
import { isNonEmpty } from "../payload.ts";
import { idIn } from "./reader.ts";

/** What the events of a rollout tell of calls. */
export interface CodexEvents {
  /** Note the call of an item. @returns why it is passed over, if an event reported it before */
  readonly item: (item: JsonObject) => string | undefined;
  /** Whether an event says that the call of an output failed; `undefined` if none does. */
  readonly failed: (item: JsonObject) => boolean | undefined;
  /** @returns whether it was read; one that repeats a call is not */
  readonly event: (event: Message, ledger: Ledger) => boolean;
}

/**
 * Follow the events that end calls. Most repeat a call that has an item, and say how it ended, which the output of the
 * item may not; but the calls of a script that the model wrote have no items.
 */
export function openCodexEvents(): CodexEvents {
  const calls = new Set<string>();
  const reported = new Set<string>();
  const outcomes = new Map<string, boolean>();
  return {
    item(item) {
      const id = idIn(item.call_id);
      if (id === undefined || itemKind(item) !== "call") return undefined;
      if (reported.has(id)) return `call "${id.slice(0, 80)}", which an event reported`;
      calls.add(id);
      return undefined;
    },
    failed: ({ call_id: id }) => typeof id === "string" ? outcomes.get(id) : undefined,
    event({ value, position, time }, ledger) {
      const ended = endOf(value);
      const id = idIn(value.call_id);
      if (ended === undefined || id === undefined) return false;
      ledger.use(time);
      const { tool, args, content, failed } = ended;
      if (calls.has(id) || reported.has(id)) {
        if (failed !== undefined) outcomes.set(id, failed);
        return false;
      }
      // What the user runs in the session is no call of the agent.
      if (value.source === "user_shell") {
        ledger.skip(position, "command of the user");
        return true;
      }
      reported.add(id);
      const call = ledger.call({ position, id, tool, args, time });
      if (call !== undefined) ledger.answerTo(call, { content, failed, time });
      return true;
    },
  };
}

interface Ended {
  readonly tool: JsonValue | undefined;
  readonly args: JsonValue;
  readonly content: JsonValue | undefined;
  readonly failed: boolean | undefined;
}

/** The call in an event that ends one. */
function endOf(event: JsonObject): Ended | undefined {
  const { type, status, success, exit_code: exit, invocation } = event;
  const failed = status === "failed" || status === "declined" ? true : undefined;
  if (type === "exec_command_end") {
    return {
      tool: "exec_command",
      args: only(event, "command", "cwd"),
      content: only(event, "stdout", "stderr", "aggregated_output", "exit_code"),
      failed: failed ?? (typeof exit === "number" ? exit !== 0 : undefined),
    };
  }
  if (type === "patch_apply_end") {
    return {
      tool: "apply_patch",
      args: only(event, "changes"),
      content: only(event, "stdout", "stderr"),
      failed: failed ?? (typeof success === "boolean" ? !success : undefined),
    };
  }
  if (type !== "mcp_tool_call_end" || !isJsonObject(invocation)) return undefined;
  const result = event.error ?? event.result ?? null;
  const [outcome, refused] = isJsonObject(result) ? [result.Ok ?? result, result.Err] : [result, undefined];
  const isError = isJsonObject(outcome) ? outcome.isError ?? outcome.is_error : undefined;
  return {
    tool: invocation.tool,
    args: invocation.arguments ?? {},
    content: refused ?? outcome,
    failed: isNonEmpty(event.error) || refused !== undefined
      ? true
      : typeof isError === "boolean"
      ? isError
      : undefined,
  };
}

/**
 * The output of a command, with its outcome in the form that the item reader knows. Codex has written it as the text
 * of `{"output": …, "metadata": {"exit_code": 1}}`, as `{"content": …, "success": false}`, and in lines before the
 * output of the command.
 *
 * @param reported what an event says, which counts if the output says nothing
 */
export function withOutcome(item: JsonObject, reported: boolean | undefined): JsonObject {
  if (itemKind(item) !== "output" || item.is_error !== undefined) return item;
  const { output } = item;
  if (isJsonObject(output)) {
    const { success, content } = output;
    if (typeof success !== "boolean") return reported === undefined ? item : { ...item, is_error: reported };
    return { ...item, output: content ?? output.output ?? output, is_error: !success };
  }
  const first = Array.isArray(output) && isJsonObject(output[0]) ? output[0].text : output;
  const exit = typeof first === "string" ? exitCodeIn(first) : undefined;
  const failed = exit === undefined ? reported : exit !== 0;
  return failed === undefined ? item : { ...item, is_error: failed };
}

/** The lines that Codex puts before the output of a command; the command can't write any before them. */
const HEADS = [
  /^Exit code: (-?\d{1,10})\nWall time: /,
  /^(?:Chunk ID: [0-9A-Za-z]{0,40}\n)?Wall time: [\d.]{1,20} seconds\nProcess exited with code (-?\d{1,10})\n/,
];

function exitCodeIn(text: string): number | undefined {
  const head = HEADS.map((pattern) => pattern.exec(text)).find((found) => found !== null);
  if (head) return Number(head[1]);
  if (!text.startsWith("{")) return undefined;
  try {
    const value = readJson(text, { what: "output" });
    const { metadata } = isJsonObject(value) ? value : {};
    const code = isJsonObject(metadata) ? metadata.exit_code : undefined;
    return typeof code === "number" ? code : undefined;
  } catch {
    return undefined;
  }
}
