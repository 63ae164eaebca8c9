import { isJsonObject, type JsonObject, type JsonValue } from "../../formats/json/mod.ts";
import type { Ledger } from "../ledger.ts";
import { type Message, timeIn } from "../messages.ts";
import { FAILED, resultIn } from "./cline.ts";
import { countSkipped, type FormatReader, itemsOf, readLog } from "./reader.ts";
import { documentIn } from "./span_records.ts";

/** What the panel of Cline and Roo Code shows of a task. */
export const clineUi: FormatReader = {
  title: "Cline and Roo Code: `ui_messages.json` of a task",
  reads:
    "messages `tool`, `command`, `use_mcp_server`, `browser_action` and `browser_action_launch` that ask or say, under these names; outputs behind them, and the results that the next request to the model holds where each call has one",
  lost:
    "what was said; questions to the user and the completion are counted; in a folder with the history of the API, whose calls these are, it is listed",
  example:
    '[{"ts":1767323045000,"type":"say","say":"api_req_started","text":"{}"},{"ts":1767323046000,"type":"ask","ask":"command","text":"ls"}]',
  detect: (values) => listsIn(values).some((list) => list.some(isOfPanel)),
  read: ({ values }) => ({
    readings: listsIn(values).map((list, i) => {
      const task = openTask();
      const position = `task ${i + 1}`;
      return readLog({ position, value: [...list], elements: itemsOf(list, "message") }, task.read, task.end);
    }),
    skipped: [],
  }),
};

/** A file is one list, which an input has as its values; files of several tasks are lists. */
function listsIn(values: readonly JsonValue[]): (readonly JsonValue[])[] {
  const lists = values.filter((value): value is JsonValue[] => Array.isArray(value));
  return lists.length === values.length ? lists : [values];
}

function isOfPanel(value: JsonValue): boolean {
  if (!isJsonObject(value) || typeof value.ts !== "number") return false;
  const kind = kindOf(value);
  return kind !== undefined && (CALLS.has(kind) || OF_PANEL.has(kind));
}

function kindOf({ type, ask, say }: JsonObject): string | undefined {
  const kind = type === "ask" ? ask : type === "say" ? say : undefined;
  return typeof kind === "string" ? kind : undefined;
}

const CALLS = new Set(["tool", "command", "use_mcp_server", "browser_action_launch", "browser_action"]);
const OF_PANEL = new Set(["api_req_started", "checkpoint_created", "completion_result", "api_req_retried"]);
/** Calls in the history of the API that the panel shows as a talk with the user. */
const TALK = new Set(["followup", "plan_mode_respond", "completion_result", "new_task", "condense"]);
/** The outputs of a call, which may come in pieces. */
const OUTPUTS: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ["command_output", new Set(["command"])],
  ["mcp_server_response", new Set(["use_mcp_tool", "access_mcp_resource", "use_mcp_server"])],
  ["browser_action_result", new Set(["browser_action", "browser_action_launch"])],
]);

interface Asked {
  readonly index: number | undefined;
  readonly tool: string;
  readonly outputs: string[];
  time: Message["time"];
}

function openTask(): {
  readonly read: (message: Message, ledger: Ledger) => void;
  readonly end: (ledger: Ledger) => void;
} {
  const others = countSkipped();
  /** The calls since the last request to the model. */
  let asked: Asked[] = [];

  /** Give the calls their results: of the request where each has one, else what the panel showed. */
  function answerAll(results: readonly string[], time: Message["time"], ledger: Ledger): void {
    const each = results.length === asked.length ? results : undefined;
    asked.forEach(({ index, outputs, time: shown }, i) => {
      const content = each?.[i] ?? (outputs.length > 0 ? outputs.join("\n") : undefined);
      if (index === undefined || content === undefined) return;
      const failed = FAILED.test(content) ? true : undefined;
      ledger.answerTo(index, { content, failed, time: each === undefined ? shown : time });
    });
    if (each === undefined && results.length > 0) {
      others.add("request whose results can't be told apart");
    }
    asked = [];
  }

  return {
    read({ value, position, time: given }, ledger) {
      const time = given ?? timeIn(value, position, ledger, ["ts"]);
      ledger.use(time);
      const kind = kindOf(value);
      if (kind === undefined) return ledger.leaveOut(position, value, "no message of the panel");
      const text = typeof value.text === "string" ? value.text : "";
      const of = OUTPUTS.get(kind);
      if (kind === "api_req_started") return answerAll(resultsIn(documentIn(text)), time, ledger);
      if (of !== undefined) {
        const last = asked.at(-1);
        // Before its output comes, a browser shows an empty one.
        if (value.type !== "say" || text === "" || last === undefined || !of.has(last.tool)) {
          return others.add(kind);
        }
        last.outputs.push(text);
        last.time = time;
        return;
      }
      if (!CALLS.has(kind)) return others.add(TALK.has(kind) ? `${kind}, which the API has as a call` : kind);
      if (value.partial === true) return ledger.skip(position, "call that was not completed by the model");
      ledger.nextTurn();
      const { tool, args } = callIn(kind, text);
      const index = ledger.call({ position, id: undefined, tool, args, time });
      asked.push({ index, tool, outputs: [], time });
    },
    end(ledger) {
      answerAll([], undefined, ledger);
      others.report(ledger, "task");
    },
  };
}

function callIn(kind: string, text: string): { readonly tool: string; readonly args: JsonValue } {
  if (kind === "command") return { tool: kind, args: { command: text } };
  if (kind === "browser_action_launch") return { tool: kind, args: { url: text } };
  const document = documentIn(text);
  if (!isJsonObject(document)) return { tool: kind, args: text };
  const { tool, type, ...args } = document;
  if (kind === "tool" && typeof tool === "string") return { tool, args: { ...args, ...ofType(type) } };
  if (kind === "use_mcp_server" && typeof type === "string") {
    return { tool: type, args: { ...args, ...(tool === undefined ? {} : { tool }) } };
  }
  return { tool: kind, args: document };
}

const ofType = (type: JsonValue | undefined) => type === undefined ? {} : { type };

/** The results in the text of a request to the model, each under a heading of its own. */
function resultsIn(asked: JsonValue | undefined): string[] {
  const request = isJsonObject(asked) ? asked.request : undefined;
  if (typeof request !== "string") return [];
  const results: string[][] = [];
  for (const line of request.split("\n")) {
    if (line.startsWith("<environment_details>")) break;
    const result = line.startsWith("[") ? resultIn(line) : undefined;
    if (result !== undefined) results.push(result.content === "" ? [] : [result.content.replace(/^ /, "")]);
    else results.at(-1)?.push(line);
  }
  // Blank lines part a result from the next text.
  return results.map((lines) => lines.slice(0, 1 + lines.findLastIndex((line) => line !== "")).join("\n"));
}
