import { isJsonObject, type JsonObject, type JsonValue } from "../../formats/json/mod.ts";
import { type Ledger, openCalls } from "../ledger.ts";
import { joinTexts, type Message } from "../messages.ts";
import {
  countSkipped,
  type FormatReader,
  itemsOf,
  type Log,
  logsOf,
  objectsIn,
  readLog,
  textIn,
} from "./reader.ts";

/** Trajectories of SWE-agent. Its `history` repeats the steps, and has demonstrations that were never run. */
export const sweAgent: FormatReader = {
  title: "SWE-agent trajectories (.traj)",
  reads: "`action` and `observation` of each step of `trajectory`, as calls of `bash`",
  lost: "what was said, `history`, the state of the environment; the file has no exit codes",
  example: '{"trajectory":[{"action":"ls","observation":"a.py","response":"","thought":""}],"info":{}}',
  detect: (values) => values.some((value) => isJsonObject(value) && objectsIn(value.trajectory).some(isStep)),
  read: (roots) => ({
    readings: logsOf(roots, stepsIn).map((log) => {
      const steps = stepsIn(log.value);
      return readLog(
        steps === undefined ? log : { ...log, elements: itemsOf(steps, "step"), own: [] },
        readStep,
      );
    }),
    skipped: [],
  }),
};

function stepsIn(value: JsonValue): JsonValue[] | undefined {
  return isJsonObject(value) && Array.isArray(value.trajectory) ? value.trajectory : undefined;
}

const isStep = ({ action, observation, source }: JsonObject) =>
  typeof action === "string" && typeof observation === "string" && source === undefined;

function readStep({ value, position, time }: Message, ledger: Ledger): void {
  const { action, observation } = value;
  if (typeof action !== "string") return ledger.foreign(position, "step without an action");
  ledger.use(time);
  if (action.trim() === "") return ledger.skip(position, "step without an action that was run");
  const call = ledger.call({ position, id: undefined, tool: "bash", args: { command: action }, time });
  if (call !== undefined && (observation ?? null) !== null) {
    ledger.answerTo(call, { content: observation, time });
  }
}

/** Trajectories of mini-swe-agent, with commands in text or as calls. */
export const miniSweAgent: FormatReader = {
  title: "mini-swe-agent trajectories",
  reads:
    "`extra.actions` of messages, else the one block of bash in a message of the assistant, as calls of `bash`; the next messages with their `returncode`",
  lost: "what was said; messages with several blocks, which the agent does not run, are counted",
  example:
    '{"trajectory_format":"mini-swe-agent-1","messages":[{"role":"assistant","content":"```bash\\nls\\n```"}],"info":{}}',
  detect: (values) => values.some(isMini),
  read: (roots) => ({
    readings: logsOf(roots, (value) => isMini(value) ? value.messages as JsonValue[] : undefined).map(
      readMini,
    ),
    skipped: [],
  }),
};

function isMini(value: JsonValue): value is JsonObject {
  return isJsonObject(value) && Array.isArray(value.messages) &&
    typeof value.trajectory_format === "string" &&
    value.trajectory_format.startsWith("mini-swe-agent");
}

function readMini(log: Log) {
  const others = countSkipped();
  // Only the calls of the last message of the agent can be answered.
  let open = openCalls();
  let waiting = 0;
  return readLog(log, ({ value, position, time }, ledger) => {
    const extra = isJsonObject(value.extra) ? value.extra : {};
    const { role } = value;
    ledger.use(time);
    if (role === "assistant" || Array.isArray(extra.actions)) {
      ledger.nextTurn();
      open = openCalls();
      waiting = 0;
      commandsIn(value, extra, others.add).forEach(({ id, args }, i) => {
        const place = `${position}, action ${i + 1}`;
        const call = ledger.call({ position: place, id, tool: "bash", args, time });
        if (call === undefined) return;
        open.add(textIn(id) ?? "", call, 0);
        waiting++;
      });
      return;
    }
    if (role === "system" || waiting === 0) return;
    const call = open.take(textIn(value.tool_call_id ?? value.call_id) ?? "");
    if (call === undefined) return ledger.skip(position, "answer to a call which is not there");
    waiting--;
    const content = joinTexts(value.content ?? value.output, position, ledger);
    ledger.answerTo(call, { content, failed: failureOf(extra, content), time });
  }, (ledger) => others.report(ledger, log.position));
}

interface Command {
  readonly id: JsonValue | undefined;
  readonly args: JsonValue | undefined;
}

function commandsIn(
  { content }: JsonObject,
  { actions }: JsonObject,
  leave: (kind: string) => void,
): Command[] {
  if (Array.isArray(actions)) {
    return actions.map((action) => {
      if (!isJsonObject(action)) return { id: undefined, args: action };
      const { tool_call_id: id, ...args } = action;
      return { id: id ?? undefined, args };
    });
  }
  const blocks = typeof content === "string" ? blocksIn(content) : [];
  if (blocks.length > 1) leave("message with several commands, none of which is run");
  return blocks.length === 1 ? [{ id: undefined, args: { command: blocks[0]! } }] : [];
}

const FENCES = new Set(["```bash", "```mswea_bash_command"]);

/** The blocks of bash in a text: from a line that opens one to the next that begins with a fence. */
function blocksIn(text: string): string[] {
  const blocks: string[] = [];
  let block: string[] | undefined;
  for (const line of text.split("\n")) {
    if (block === undefined) {
      if (FENCES.has(line.trim())) block = [];
    } else if (line.startsWith("```")) {
      blocks.push(block.join("\n").trim());
      block = undefined;
    } else block.push(line);
  }
  return blocks;
}

/** The exit code beside an answer, or at the start of its text. */
function failureOf({ returncode: code }: JsonObject, content: JsonValue | undefined): boolean | undefined {
  if (typeof code === "number") return code !== 0;
  const found = typeof content === "string"
    ? /^<returncode>(-?\d{1,10})<\/returncode>/.exec(content.trimStart())
    : null;
  return found === null ? undefined : Number(found[1]) !== 0;
}
