import { isJsonObject, type JsonObject, type JsonValue, readJson } from "../../formats/json/mod.ts";
import type { Ledger } from "../ledger.ts";
import { type Message, timeIn } from "../messages.ts";
import { itemKind } from "../openai_items.ts";
import { endOf } from "./codex_ends.ts";
import { idIn } from "./reader.ts";

/** What the events of a rollout tell of calls. */
export interface CodexEvents {
  /** Note the call of an item. @returns why it is passed over, if an event reported it before */
  readonly item: (item: JsonObject) => string | undefined;
  /** An output, with its outcome as its text says it, else as an event does. */
  readonly outcome: (item: JsonObject) => JsonObject;
  /** @returns whether it was read; one that repeats a call is not */
  readonly event: (event: Message, ledger: Ledger) => boolean;
}

/**
 * Follow the events that end calls. Most repeat a call that has an item, and say how it ended, which the output of the
 * item may not; but the calls of a script that the model wrote have no items.
 */
export function openCodexEvents(): CodexEvents {
  const calls = new Map<string, JsonValue>();
  const reported = new Set<string>();
  const outcomes = new Map<string, boolean>();
  return {
    item(item) {
      const id = idIn(item.call_id);
      if (id === undefined || itemKind(item) !== "call") return undefined;
      if (reported.has(id)) return `call "${id.slice(0, 80)}", which an event reported`;
      calls.set(id, item.name ?? null);
      return undefined;
    },
    outcome(item) {
      const id = idIn(item.call_id) ?? "";
      return withOutcome(item, calls.get(id), outcomes.get(id));
    },
    event({ value, position, time }, ledger) {
      const ended = endOf(value);
      if (ended === undefined) return false;
      ledger.use(time);
      const { id, tool, args, content, failed, isOfUser } = ended;
      if (calls.has(id) || reported.has(id)) {
        if (failed !== undefined) outcomes.set(id, failed);
        return false;
      }
      // What the user runs in the session is no call of the agent.
      if (isOfUser) {
        ledger.skip(position, "command of the user");
        return true;
      }
      reported.add(id);
      const began = timeIn(value, position, ledger, ["started_at_ms"]) ?? time;
      const call = ledger.call({ position, id, tool, args, time: began });
      if (call !== undefined && content !== undefined) ledger.answerTo(call, { content, failed, time });
      return true;
    },
  };
}

/**
 * The output of a command, with its outcome in the form that the item reader knows. Codex has written it as the text
 * of `{"output": …, "metadata": {"exit_code": 1}}`, as `{"content": …, "success": false}`, and in lines before the
 * output of the command.
 *
 * @param tool name of the tool that was called
 * @param reported what an event says, which counts if the output says nothing
 */
function withOutcome(
  item: JsonObject,
  tool: JsonValue | undefined,
  reported: boolean | undefined,
): JsonObject {
  if (itemKind(item) !== "output" || item.is_error !== undefined) return item;
  const { output } = item;
  if (isJsonObject(output)) {
    const { success, content } = output;
    if (typeof success !== "boolean") return reported === undefined ? item : { ...item, is_error: reported };
    return { ...item, output: content ?? output.output ?? output, is_error: !success };
  }
  const first = Array.isArray(output) && isJsonObject(output[0]) ? output[0].text : output;
  const failed = (typeof first === "string" ? failedIn(first, tool) : undefined) ?? reported;
  return failed === undefined ? item : { ...item, is_error: failed };
}

/** The lines that Codex puts before the output of a command; the command can't write any before them. */
const HEADS = [
  /^Exit code: (-?\d{1,10})\nWall time: /,
  /^(?:Chunk ID: [0-9A-Za-z]{0,40}\n)?Wall time: [\d.]{1,20} seconds\nProcess exited with code (-?\d{1,10})\n/,
];

/** What Codex writes in the place of an output when a call was not run, or was broken off. */
const BROKEN_OFF = [
  /^aborted by user after [\d.]{1,20}s$/,
  /^Wall time: [\d.]{1,20} seconds\naborted by user$/,
  /^failed to parse function arguments: /,
  /^Script failed\nWall time [\d.]{1,20} seconds\nOutput:\n/,
];

/** The same, of its own tools, whose outputs begin with other lines when they were run. */
const REFUSED = new Map([
  ["exec_command", /^exec_command (?:failed|rejected)/],
  ["write_stdin", /^write_stdin (?:approval )?(?:failed|rejected): /],
  ["apply_patch", /^apply_patch verification failed: /],
]);

/** Whether a call failed, as far as the output says it in words of Codex. */
function failedIn(text: string, tool: JsonValue | undefined): boolean | undefined {
  const head = HEADS.map((pattern) => pattern.exec(text)).find((found) => found !== null);
  if (head) return Number(head[1]) !== 0;
  if (BROKEN_OFF.some((pattern) => pattern.test(text))) return true;
  if (typeof tool === "string") {
    const isUnknown = text === `unsupported call: ${tool}` ||
      text === `unsupported custom tool call: ${tool}`;
    if (isUnknown || REFUSED.get(tool)?.test(text)) return true;
  }
  const exit = exitCodeIn(text);
  return exit === undefined ? undefined : exit !== 0;
}

/** The exit code in a text that is a JSON document. */
function exitCodeIn(text: string): number | undefined {
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
