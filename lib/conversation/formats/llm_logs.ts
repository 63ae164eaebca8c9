import { isJsonObject, type JsonObject, type JsonValue } from "../../formats/json/mod.ts";
import type { Ledger } from "../ledger.ts";
import { type Message, timeIn } from "../messages.ts";
import { failureOf } from "../openai_failure.ts";
import { isNonEmpty } from "../payload.ts";
import { elementsOf, type FormatReader, objectsIn, readLog, textIn } from "./reader.ts";

/** Responses in the log of the command `llm`, as `llm logs --json` gives them. */
export const llmLogs: FormatReader = {
  title: "LLM (the command `llm`): `llm logs --json`",
  reads: "`tool_calls` of each response, `tool_results` of the next one; one run per conversation",
  lost: "what was said",
  example:
    '[{"id":"r","conversation_id":"c","model":"m","prompt":"pay","response":"","tool_calls":[{"tool_call_id":"c1","name":"pay","arguments":{}}],"tool_results":[]}]',
  detect: (values) => values.some((value) => isJsonObject(value) && isResponse(value)),
  read(roots) {
    // `llm logs -r` and older versions give the latest response first.
    const elements = elementsOf(roots).toSorted((a, b) => compare(momentOf(a.value), momentOf(b.value)));
    const conversations = Map.groupBy(elements, ({ value }) => conversationOf(value));
    return {
      readings: Array.from(conversations, ([id, parts]) => {
        const position = `conversation ${id.slice(0, 80)}`.trim();
        return readLog({ position, value: parts.map(({ value }) => value), elements: parts }, readResponse);
      }),
      skipped: [],
    };
  },
};

const isResponse = (value: JsonObject) =>
  typeof value.id === "string" && typeof value.model === "string" &&
  Object.hasOwn(value, "conversation_id") &&
  Array.isArray(value.tool_calls) && Array.isArray(value.tool_results);

const conversationOf = (value: JsonValue) =>
  isJsonObject(value) ? textIn(value.conversation_id) ?? textIn(value.id) ?? "" : "";
const momentOf = (value: JsonValue) => isJsonObject(value) ? textIn(value.datetime_utc) ?? "" : "";
const compare = (a: string, b: string) => a < b ? -1 : a > b ? 1 : 0;

function readResponse({ value, position }: Message, ledger: Ledger): void {
  if (!isResponse(value)) return ledger.leaveOut(position, value, "no response that is known");
  const time = timeIn(value, position, ledger, ["datetime_utc"]);
  ledger.use(time);
  // The results of the calls before, which this response was given.
  objectsIn(value.tool_results).forEach((result, i) => {
    const { tool_call_id: id, name: tool, output: content } = result;
    const place = `${position}, result ${i + 1}`;
    // Older versions kept no exceptions.
    const failed = Object.hasOwn(result, "exception")
      ? isNonEmpty(result.exception)
      : failureOf(result, content);
    ledger.answer({ position: place, id, tool, content, failed, time });
  });
  ledger.nextTurn();
  objectsIn(value.tool_calls).forEach((call, i) => {
    const { tool_call_id: id, name: tool, arguments: args } = call;
    ledger.call({ position: `${position}, call ${i + 1}`, id, tool, args, time });
  });
}
