import { isJsonObject, type JsonObject, type JsonValue } from "../../formats/json/mod.ts";
import { findCallMark } from "../call_marks.ts";
import type { Ledger } from "../ledger.ts";
import { type Message, quoteType } from "../messages.ts";
import { openAiReader } from "../openai.ts";
import { isNonEmpty } from "../payload.ts";
import type { Roots } from "../input.ts";
import { readEach } from "./continued.ts";
import { holdsTraceSpan, readTraceSpans } from "./openai_traces.ts";
import {
  countSkipped,
  type FormatReader,
  logsOf,
  objectsIn,
  type Readings,
  readLog,
  wordOf,
} from "./reader.ts";

/** Run items of the OpenAI Agents SDK, which wrap the items of the model. */
export const openaiAgents: FormatReader = {
  title:
    "OpenAI Agents SDK: run items with `rawItem` or `raw_item`, spans of its tracing (bare items are read as openai)",
  reads:
    "items of type `tool_call_item` and `tool_call_output_item`, handoffs, `hosted_tool_call`; spans of type `function`",
  lost: "what was said, reasoning, approvals",
  example:
    '[{"type":"tool_call_item","rawItem":{"type":"function_call","callId":"c1","name":"pay","arguments":"{}"}}]',
  detect: (values) =>
    values.some(holdsTraceSpan) || values.some((value) => {
      const items = itemsIn(value);
      return (items === undefined ? [value] : items).some((item) => isJsonObject(item) && isRunItem(item));
    }),
  read: (roots) => roots.values.some(holdsTraceSpan) ? readTraceSpans(roots) : readItems(roots),
};

function readItems(roots: Roots): Readings {
  return readEach(logsOf(roots, itemsIn), (log) => {
    const others = countSkipped();
    const read = openAiReader();
    return readLog(
      log,
      (message, ledger) => readRunItem(message, read, others.add, ledger),
      (ledger) => others.report(ledger, log.position),
    );
  });
}

const HOLDERS = ["newItems", "new_items", "generatedItems", "generated_items"] as const;

/** The items of a result or of the state of a run. */
function itemsIn(value: JsonValue): JsonValue[] | undefined {
  if (Array.isArray(value)) return value;
  if (!isJsonObject(value)) return undefined;
  const holder = HOLDERS.find((name) => Array.isArray(value[name]));
  return holder === undefined ? undefined : value[holder] as JsonValue[];
}

const rawOf = ({ rawItem, raw_item: raw }: JsonObject) => rawItem ?? raw ?? null;

function isRunItem(value: JsonObject): boolean {
  return typeof value.type === "string" && value.type.endsWith("_item") && isJsonObject(rawOf(value));
}

const SPOKEN = new Set(["message_output_item", "reasoning_item", "mcp_list_tools_item", "compaction_item"]);

function readRunItem(
  { value, position, time }: Message,
  read: ReturnType<typeof openAiReader>,
  leave: (kind: string) => void,
  ledger: Ledger,
): void {
  const raw = rawOf(value);
  if (!isJsonObject(raw)) return read({ value, position, time }, ledger);
  const kind = wordOf(value.type);
  ledger.use(time);
  if (SPOKEN.has(kind)) {
    const mark = objectsIn(raw.content).map((block) => findCallMark(block)).find((found) =>
      found !== undefined
    );
    return mark === undefined ? undefined : ledger.foreign(position, mark);
  }
  // An approval waits for a call that has an item of its own.
  if (kind.includes("approval")) return leave(`item of type "${kind}"`);
  if (raw.type === "hosted_tool_call") return readHosted({ value: raw, position, time }, ledger);
  if (kind === "tool_call_item" || kind.endsWith("_output_item") || kind === "handoff_call_item") {
    return read({ value: raw, position, time }, ledger);
  }
  ledger.leaveOut(position, raw, `item of ${quoteType(value)}`);
}

/** A tool that the provider runs, under its name there; its arguments can be all that the SDK keeps of it. */
function readHosted({ value, position, time }: Message, ledger: Ledger): void {
  const { id, name, arguments: args, status, output, providerData } = value;
  ledger.nextTurn();
  const given = args ?? providerData ?? {};
  const call = ledger.call({ position, id, tool: name, args: given, time });
  if (call === undefined) return;
  const failed = status === "failed" || status === "incomplete" ? true : undefined;
  if (isNonEmpty(output)) ledger.answerTo(call, { content: output, failed, time });
  else if (status === "completed" || failed) {
    ledger.answerTo(call, { content: { status: status! }, failed, time });
  }
}
