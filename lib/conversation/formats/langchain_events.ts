import { asText, isJsonObject, type JsonObject, type JsonValue } from "../../formats/json/mod.ts";
import { langchainMessage } from "../langchain_message.ts";
import type { Ledger } from "../ledger.ts";
import { joinTexts } from "../messages.ts";
import { countSkipped, type Element, elementsOf, type FormatReader, readLog, textIn } from "./reader.ts";

/** Events that a runnable or graph of LangChain streams (`astream_events`, `streamEvents`). */
export const langchainEvents: FormatReader = {
  title: "LangChain and LangGraph events (`astream_events`)",
  reads:
    "`on_tool_start`, `on_tool_end` and `on_tool_error`, by their `run_id`; one run per run of the graph",
  lost: "what was said; all other events are counted",
  example: '{"event":"on_tool_start","name":"pay","run_id":"r","parent_ids":[],"data":{"input":{"cents":5}}}',
  detect: (values) =>
    values.some((value) => isJsonObject(value) && EVENT.test(nameOf(value)) && isRun(value)),
  read(roots) {
    const runs = Map.groupBy(elementsOf(roots), ({ value }) => rootOf(value));
    return {
      readings: Array.from(runs, ([id, elements]) => readRun(`run ${id.slice(0, 80)}`.trim(), elements)),
      skipped: [],
    };
  },
};

const EVENT = /^on_(?:tool|chain|chat_model|llm|retriever|prompt|parser)_(?:start|stream|end|error)$/;
const nameOf = ({ event }: JsonObject) => typeof event === "string" ? event : "";
const isRun = ({ run_id: id, data }: JsonObject) => textIn(id) !== undefined && isJsonObject(data);

const messageIn = (value: JsonValue | undefined) => isJsonObject(value) ? langchainMessage(value) : undefined;

/** The run of the graph that an event is part of. */
function rootOf(value: JsonValue): string {
  if (!isJsonObject(value)) return "";
  const root = Array.isArray(value.parent_ids) ? value.parent_ids[0] : undefined;
  return textIn(root) ?? textIn(value.run_id) ?? "";
}

function readRun(position: string, elements: readonly Element[]) {
  const others = countSkipped();
  const calls = new Map<string, number | undefined>();
  const ids = idsIn(elements);
  const callOf = (event: JsonObject, place: string, ledger: Ledger) => {
    const run = asText(event.run_id);
    if (!calls.has(run)) {
      const { input } = event.data as JsonObject;
      calls.set(
        run,
        ledger.call({ position: place, id: ids.get(run) ?? run, tool: event.name, args: input }),
      );
    }
    return calls.get(run);
  };
  const answered = new Set<number>();
  return readLog(
    { position, value: elements.map(({ value }) => value), elements },
    ({ value, position: place }, ledger) => {
      const name = nameOf(value);
      if (!EVENT.test(name) || !isRun(value)) return ledger.leaveOut(place, value, "no event");
      ledger.use();
      if (!/^on_tool_(?:start|end|error)$/.test(name)) return others.add(`event "${name}"`);
      const call = callOf(value, place, ledger);
      if (call === undefined || name === "on_tool_start") return;
      if (answered.has(call)) return ledger.skip(place, "second end of a call");
      answered.add(call);
      const { output, error } = value.data as JsonObject;
      const message = messageIn(output);
      if (name === "on_tool_error") ledger.answerTo(call, { content: error, failed: true });
      else if (message === undefined) ledger.answerTo(call, { content: output });
      else {
        const failed = message.status === "error" ? true : undefined;
        ledger.answerTo(call, { content: joinTexts(message.content, place, ledger), failed });
      }
    },
    (ledger) => others.report(ledger, position),
  );
}

/** The ids of the calls that runs of tools carry out, which only their ends tell. */
function idsIn(elements: readonly Element[]): ReadonlyMap<string, string> {
  const ids = new Map<string, string>();
  for (const { value } of elements) {
    if (!isJsonObject(value) || !isRun(value)) continue;
    const { output, tool_call_id: given } = value.data as JsonObject;
    const id = textIn(given) ?? textIn(messageIn(output)?.tool_call_id);
    if (id !== undefined && nameOf(value).startsWith("on_tool_")) ids.set(asText(value.run_id), id);
  }
  return ids;
}
