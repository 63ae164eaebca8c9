import { isJsonObject, type JsonObject, type JsonValue } from "../../formats/json/mod.ts";
import { openCalls } from "../ledger.ts";
import type { Keeping } from "../keeping.ts";
import { openLog, readValues } from "./lines.ts";
import { countSkipped, type FormatReader, itemsOf, type LineReader, textIn } from "./reader.ts";

/** Events of CrewAI as a listener logs them. */
export const crewai: FormatReader = {
  title: "CrewAI events (messages of a TaskOutput are read as openai)",
  reads:
    "`tool_usage_started`, `tool_usage_finished`, `tool_usage_error`; `mcp_tool_execution_*` repeats them",
  lost: "what was said; all other events are counted",
  example: '{"type":"tool_usage_started","tool_name":"pay","tool_args":{"cents":5}}',
  detect: (values) => values.some((value) => eventsIn(value).some(isUsage)),
  read: (roots) => readValues(roots, openEvents),
  byLine: openEvents,
};

function openEvents(keep: Keeping): LineReader {
  const others = countSkipped();
  const byEvent = new Map<string, number>();
  const byTool = openCalls();
  const answered = new Set<number>();
  const log = openLog("conversation 1", keep, ({ value, position, time }, ledger) => {
    const { type, tool_name: tool, tool_args: args, event_id: own, started_event_id: started } = value;
    if (typeof type !== "string") return ledger.leaveOut(position, value, "no event");
    ledger.use(time);
    if (!USAGE.has(type)) return others.add(`event "${type.slice(0, 80)}"`);
    const begin = () => ledger.call({ position, id: undefined, tool, args, time });
    if (type === "tool_usage_started") {
      const call = begin();
      if (call === undefined) return;
      if (typeof own === "string") byEvent.set(own, call);
      return byTool.add(textIn(tool)!, call, 0);
    }
    const call = (typeof started === "string" ? byEvent.get(started) : undefined) ??
      take(textIn(tool), byTool.take, answered) ?? begin();
    if (call === undefined) return;
    if (answered.has(call)) return ledger.skip(position, "second end of a call");
    answered.add(call);
    const failed = type !== "tool_usage_finished";
    ledger.answerTo(call, {
      content: failed ? value.error : value.output,
      failed: failed || undefined,
      time,
    });
  }, (ledger) => others.report(ledger, "conversation 1"));
  return {
    add(element) {
      const { value, position } = element;
      const events = isJsonObject(value) && Array.isArray(value.events) ? value.events : undefined;
      log.add(element, events === undefined ? [element] : itemsOf(events, `${position}, event`));
    },
    end: () => ({ readings: [log.end()], skipped: [] }),
  };
}

const USAGE = new Set([
  "tool_usage_started",
  "tool_usage_finished",
  "tool_usage_error",
  "tool_execution_error",
  "tool_validate_input_error",
]);

function isUsage({ type, tool_name: tool }: JsonObject): boolean {
  return typeof type === "string" && USAGE.has(type) && typeof tool === "string";
}

function eventsIn(value: JsonValue): JsonObject[] {
  if (!isJsonObject(value)) return [];
  return Array.isArray(value.events) ? value.events.filter(isJsonObject) : [value];
}

/** The earliest open call of a tool; those that ended by their event are passed over. */
function take(
  tool: string | undefined,
  next: (name: string) => number | undefined,
  answered: ReadonlySet<number>,
): number | undefined {
  if (tool === undefined) return undefined;
  for (let call = next(tool); call !== undefined; call = next(tool)) {
    if (!answered.has(call)) return call;
  }
  return undefined;
}
