import { isJsonObject, type JsonObject, type JsonValue } from "../../formats/json/mod.ts";
import { callMark, findCallMark } from "../call_marks.ts";
import type { Ledger } from "../ledger.ts";
import { isSpoken, type Message, quoteType, timeIn } from "../messages.ts";
import { isCallEvent, isEventLine, openClineEvents, resultOf } from "./cline_events.ts";
import { taggedCalls } from "./cline_tags.ts";
import { type FormatReader, logsOf, objectsIn, readLog } from "./reader.ts";

/** Histories of tasks of Cline and Roo Code, which give the results of calls as texts, and older calls as tags. */
export const cline: FormatReader = {
  title: "Cline and Roo Code: `api_conversation_history.json` of a task; sessions and --json of Cline's CLI",
  reads:
    "blocks `tool_use`, or the tags of a tool in a text of the assistant; the texts `[tool for …] Result:` and blocks `tool_result` that follow; events `content_start` and `content_end` of tools",
  lost:
    "what was said; tags behind the first ones in a message without a result, which the agent does not run",
  example:
    '[{"role":"user","content":[{"type":"text","text":"<task>\\nread\\n</task>"}]},{"role":"assistant","content":[{"type":"text","text":"<read_file>\\n<path>a</path>\\n</read_file>"}]}]',
  detect: (values) =>
    values.some((value) =>
      isSession(value) || [value, ...objectsIn(isJsonObject(value) ? value.messages : value)]
        .some((one) => isJsonObject(one) && (isOfTask(one) || isCallEvent(one)))
    ),
  read: (roots) => ({
    readings: logsOf(roots).map((log) => {
      const task = openTask();
      const events = openClineEvents();
      return readLog(
        log,
        (one, ledger) => isEventLine(one.value) ? events.read(one, ledger) : task.read(one, ledger),
        (ledger) => {
          task.end(ledger);
          events.report(ledger, log.position);
        },
      );
    }),
    skipped: [],
  }),
};

/** A session of Cline's CLI, also of a subagent, whose prompt is as its agent wrote it. */
const isSession = (value: JsonValue): boolean =>
  isJsonObject(value) && typeof value.sessionId === "string" &&
  objectsIn(value.messages).some(({ ts, role }) => typeof ts === "number" && typeof role === "string");

/** What only the prompts of these agents have. */
function isOfTask({ role, content }: JsonObject): boolean {
  return role === "user" &&
    textsOf(content).some((text) =>
      /^\s{0,4}(?:<task>\n|<environment_details>\n|<user_input mode=")/.test(text) ||
      resultIn(text) !== undefined
    );
}

function textsOf(content: JsonValue | undefined): string[] {
  if (typeof content === "string") return [content];
  return objectsIn(content).flatMap(({ type, text }) =>
    type === "text" && typeof text === "string" ? [text] : []
  );
}

/** The result of a call, as a text. */
interface Result {
  readonly tool: string;
  readonly content: string;
}

/** A text with the result of a call: `[read_file for 'a.ts'] Result:`, and what follows. */
export function resultIn(text: string): Result | undefined {
  const tool = /^\[([A-Za-z0-9_-]{2,80})[ \]]/.exec(text)?.[1];
  const end = tool === undefined ? -1 : text.indexOf(HEADING);
  return tool === undefined || end < 0
    ? undefined
    : { tool, content: text.slice(end + HEADING.length).replace(/^\n/, "") };
}

const HEADING = "] Result:";

/** A call of the assistant that no result was found for yet. */
interface Asked extends Pick<Message, "position" | "time"> {
  readonly id: JsonValue | undefined;
  readonly tool: JsonValue | undefined;
  readonly args: JsonValue | undefined;
  /** Whether it is a block of the API, which is always run; of tags the first alone. */
  readonly isSure: boolean;
}

function openTask(): {
  readonly read: (message: Message, ledger: Ledger) => void;
  readonly end: (ledger: Ledger) => void;
} {
  let asked: Asked[] = [];

  /** Record what was asked for, with the results that were given in texts. */
  function recordAsked(texts: readonly string[], time: Message["time"], ledger: Ledger): void {
    const found = matched(asked, resultsIn(texts));
    ledger.nextTurn();
    for (const call of asked) {
      const result = found.get(call);
      if (!call.isSure && result === undefined) {
        ledger.skip(call.position, "a second call in a message, which the agent does not run");
        continue;
      }
      const index = ledger.call(call);
      if (index === undefined || result === undefined) continue;
      ledger.answerTo(index, {
        content: result.content,
        failed: FAILED.test(result.content) ? true : undefined,
        time,
      });
    }
    asked = [];
  }

  function readAssistant({ value, position, time }: Message, ledger: Ledger): void {
    const { content, ...others } = value;
    const mark = callMark(others);
    if (mark !== undefined) ledger.foreign(position, `a call in another form, with ${mark}`);
    const blocks = typeof content === "string" ? [{ type: "text", text: content }] : objectsIn(content);
    let tagged = 0;
    const hasBlocks = blocks.some(({ type }) => type === "tool_use");
    blocks.forEach((block, i) => {
      const place = `${position}, block ${i + 1}`;
      if (block.type === "tool_use") {
        const { id, name: tool, input: args } = block;
        asked.push({ position: place, time, id, tool, args, isSure: true });
      } else if (block.type === "text" && typeof block.text === "string") {
        for (const { tool, args } of taggedCalls(block.text)) {
          // An agent that has calls as blocks does not look for tags.
          if (hasBlocks) {
            ledger.skip(place, "tags of a tool next to a call as a block, which the agent does not run");
            continue;
          }
          asked.push({ position: place, time, id: undefined, tool, args, isSure: tagged++ === 0 });
        }
      } else if (!isSpoken(block.type) && block.type !== "reasoning" || findCallMark(block) !== undefined) {
        ledger.leaveOut(place, block, `block of ${quoteType(block)}`);
      }
    });
  }

  return {
    read(message, ledger) {
      const { value, position } = message;
      const time = message.time ?? timeIn(value, position, ledger, ["ts"]);
      const { role, content } = value;
      if (role === "assistant") {
        recordAsked([], time, ledger);
        ledger.use(time);
        return readAssistant({ ...message, time }, ledger);
      }
      if (role !== "user") return ledger.leaveOut(position, value, "message of no known role");
      ledger.use(time);
      const blocks = objectsIn(content);
      recordAsked(textsOf(content), time, ledger);
      blocks.forEach((block, i) => {
        const place = `${position}, block ${i + 1}`;
        if (block.type === "tool_result") {
          const { tool_use_id: id, is_error: isError } = block;
          const { content, failed } = resultOf(block.content, place, ledger);
          ledger.answer({
            position: place,
            id,
            content,
            failed: typeof isError === "boolean" ? isError : failed,
            time,
          });
        } else if (!isSpoken(block.type)) ledger.leaveOut(place, block, `block of ${quoteType(block)}`);
      });
    },
    end: (ledger) => recordAsked([], undefined, ledger),
  };
}

/** The result of each call: the next of its tool, or else of any. */
function matched(asked: readonly Asked[], results: readonly Result[]): ReadonlyMap<Asked, Result> {
  const byTool = new Map<JsonValue | undefined, Asked[]>();
  for (const call of asked.toReversed()) {
    const known = byTool.get(call.tool);
    if (known === undefined) byTool.set(call.tool, [call]);
    else known.push(call);
  }
  const found = new Map<Asked, Result>();
  const takeFrom = (calls: Asked[] | undefined): Asked | undefined => {
    for (let call = calls?.pop(); call !== undefined; call = calls?.pop()) if (!found.has(call)) return call;
    return undefined;
  };
  const all = asked.toReversed();
  for (const result of results) {
    const call = takeFrom(byTool.get(result.tool)) ?? takeFrom(all);
    if (call !== undefined) found.set(call, result);
  }
  return found;
}

/** The fixed words of a failed call and of one that the user denied. */
export const FAILED =
  /^(?:The tool execution failed|The user denied this operation|Tool \[[a-z_]{1,60}\] was not executed)/;

/** The results in the texts of a message; what has no heading of its own belongs to the one before it. */
function resultsIn(texts: readonly string[]): Result[] {
  const results: { tool: string; parts: string[] }[] = [];
  for (const text of texts) {
    const result = resultIn(text);
    if (result !== undefined) {
      results.push({ tool: result.tool, parts: result.content === "" ? [] : [result.content] });
    } else if (!/^\s{0,4}<environment_details>/.test(text)) results.at(-1)?.parts.push(text);
  }
  return results.map(({ tool, parts }) => ({ tool, content: parts.join("\n") }));
}
