import { isJsonObject, type JsonObject, type JsonValue } from "../../formats/json/mod.ts";
import type { Keeping } from "../keeping.ts";
import type { Ledger } from "../ledger.ts";
import { joinTexts, type Message } from "../messages.ts";
import { oneLog, openLog, readValues } from "./lines.ts";
import { type FormatReader, objectsIn } from "./reader.ts";

/** Responses of chat engines and older agents of LlamaIndex, which hold what each call of a tool gave. */
export const llamaIndexResponse: FormatReader = {
  title: "LlamaIndex: responses of chat engines and agents (`AgentChatResponse`)",
  reads:
    "`sources`: outputs of tools with their `raw_input` and whether they failed; all responses of an input form one run",
  lost: "what was said, nodes that were found; calls have no ids",
  example:
    '{"response":"Paid.","sources":[{"tool_name":"pay","raw_input":{"args":[],"kwargs":{"cents":5}},"raw_output":"ok","is_error":false}],"source_nodes":[]}',
  detect: (values) =>
    values.some((value) => isJsonObject(value) && isResponse(value) && objectsIn(value.sources).length > 0),
  read: (roots) => readValues(roots, open),
  byLine: open,
};

const isResponse = (value: JsonObject) =>
  typeof value.response === "string" && Array.isArray(value.sources) && Array.isArray(value.source_nodes) &&
  objectsIn(value.sources).every(isOutput);

const isOutput = ({ tool_name: name, raw_input: input }: JsonObject) =>
  typeof name === "string" && isJsonObject(input);

function open(keep: Keeping) {
  return oneLog(openLog("conversation 1", keep, readResponse));
}

function readResponse({ value, position, time }: Message, ledger: Ledger): void {
  if (!isResponse(value)) return ledger.leaveOut(position, value, "no response of a chat engine");
  ledger.use(time);
  ledger.nextTurn();
  const sources: readonly JsonValue[] = Array.isArray(value.sources) ? value.sources : [];
  sources.forEach((source, i) => {
    const place = `${position}, source ${i + 1}`;
    if (!isJsonObject(source)) return ledger.leaveOut(place, source, "no JSON object");
    const { tool_name: tool, raw_input: input, is_error: failed } = source;
    const call = ledger.call({ position: place, id: undefined, tool, args: argumentsIn(input), time });
    if (call === undefined) return;
    ledger.answerTo(call, {
      content: contentOf(source, place, ledger),
      failed: typeof failed === "boolean" ? failed : undefined,
      time,
    });
  });
}

/** The arguments by their names, where a tool was given no others. */
function argumentsIn(input: JsonValue | undefined): JsonValue | undefined {
  if (!isJsonObject(input) || !isJsonObject(input.kwargs) || !Array.isArray(input.args)) return input;
  return input.args.length > 0 || Object.keys(input).length > 2 ? input : input.kwargs;
}

/** What a tool gave, or its text where it gave nothing that can be written down. */
function contentOf(source: JsonObject, position: string, ledger: Ledger): JsonValue | undefined {
  const texts = objectsIn(source.blocks).filter(({ block_type: type }) => type === "text");
  const text = source.content ?? (texts.length > 0 ? joinTexts(texts, position, ledger) : undefined);
  return source.raw_output ?? text;
}
