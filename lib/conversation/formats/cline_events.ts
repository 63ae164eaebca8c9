import { isJsonObject, type JsonObject, type JsonValue } from "../../formats/json/mod.ts";
import type { Ledger } from "../ledger.ts";
import { joinTexts, type Message, timeIn } from "../messages.ts";
import { countSkipped, objectsIn, textIn, wordOf } from "./reader.ts";

/** Whether a value is a line of `cline --json` about a call. */
export const isCallEvent = ({ type, event }: JsonObject): boolean =>
  type === "agent_event" && isJsonObject(event) && event.contentType === "tool" &&
  typeof event.toolCallId === "string";

const LINES = new Set(["agent_event", "hook_event", "run_start", "run_result"]);

/** Whether a value is a line of `cline --json`; messages have a role. */
export const isEventLine = ({ type, role }: JsonObject): boolean =>
  role === undefined && typeof type === "string" && LINES.has(type);

/** Reads the lines of `cline --json`: the content of a call starts with its arguments and ends with what came of it. */
export function openClineEvents(): {
  readonly read: (line: Message, ledger: Ledger) => void;
  readonly report: (ledger: Ledger, position: string) => void;
} {
  const others = countSkipped();
  const begun = new Set<string>();
  return {
    read({ value, position, time: given }, ledger) {
      const time = given ?? timeIn(value, position, ledger, ["ts"]);
      ledger.use(time);
      const event = isJsonObject(value.event) ? value.event : {};
      const kind = textIn(event.type);
      const id = textIn(event.toolCallId);
      if (!isCallEvent(value) || kind === "content_update" || id === undefined) {
        return others.add(`line of type "${wordOf(kind ?? value.type)}"`);
      }
      if (!begun.has(id)) {
        begun.add(id);
        ledger.call({ position, id, tool: event.toolName, args: event.input ?? {}, time });
      }
      if (kind !== "content_end") return;
      const { output, error } = event;
      ledger.answer({ position, id, ...resultOf(output ?? error, position, ledger), time });
    },
    report: others.report,
  };
}

/**
 * The result of a call of Cline, and whether it failed as far as it says so: a tool that does several things at once
 * gives a list, in which each says whether it succeeded.
 */
export function resultOf(
  content: JsonValue | undefined,
  position: string,
  ledger: Ledger,
): { readonly content: JsonValue | undefined; readonly failed: boolean | undefined } {
  return {
    content: joinTexts(content, position, ledger),
    failed: objectsIn(content).some(({ success }) => success === false) || undefined,
  };
}
