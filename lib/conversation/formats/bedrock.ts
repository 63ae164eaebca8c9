import { asText, isJsonObject, type JsonObject, type JsonValue } from "../../formats/json/mod.ts";
import type { Ledger } from "../ledger.ts";
import type { Message } from "../messages.ts";
import { resultOf } from "./bedrock_log.ts";
import { readEach } from "./continued.ts";
import { conversationIn, type Element, type FormatReader, logsOf, objectsIn, readLog } from "./reader.ts";

/** Messages and answers of the Bedrock Converse API. */
export const bedrock: FormatReader = {
  title: "Amazon Bedrock Converse: messages, answers, streamed answers; sessions of Strands",
  reads: "blocks `toolUse` and `toolResult`",
  lost: "what was said, reasoning",
  example:
    '{"messages":[{"role":"assistant","content":[{"toolUse":{"toolUseId":"t1","name":"pay","input":{}}}]}]}',
  detect: (values) => values.some((value) => [value, ...conversationIn(value) ?? []].some(isConverse)),
  read: (roots) =>
    readEach(logsOf(roots), (log) => readLog({ ...log, elements: mergeStreams(log.elements) }, readConverse)),
  partOf: (value) =>
    isSessionMessage(value) ? { log: "", order: [BigInt(value.message_id as number)] } : undefined,
};

/** A file of a session of Strands has one message, with its number. */
const isSessionMessage = ({ message, message_id: number }: JsonObject) =>
  isJsonObject(message) && typeof message.role === "string" && Array.isArray(message.content) &&
  Number.isSafeInteger(number);

function isConverse(value: JsonValue): boolean {
  if (!isJsonObject(value)) return false;
  const { output, contentBlockStart: start } = value;
  if (isJsonObject(output) && isJsonObject(output.message) && typeof value.stopReason === "string") {
    return true;
  }
  if (isJsonObject(start) && isJsonObject(start.start) && isJsonObject(start.start.toolUse)) return true;
  if (isSessionMessage(value)) return isConverse(value.message!);
  return objectsIn(value.content).some(({ toolUse, toolResult }) =>
    isJsonObject(toolUse) || isJsonObject(toolResult)
  );
}

function readConverse({ value, position, time }: Message, ledger: Ledger): void {
  const message = isJsonObject(value.output) && isJsonObject(value.output.message)
    ? value.output.message
    : isSessionMessage(value)
    ? value.message as JsonObject
    : value;
  const { content, role } = message;
  if (!Array.isArray(content) || typeof role !== "string") {
    return ledger.leaveOut(position, value, "neither a message nor an answer");
  }
  ledger.use(time);
  if (role === "assistant") ledger.nextTurn();
  content.forEach((block, i) => {
    const place = `${position}, block ${i + 1}`;
    if (!isJsonObject(block)) return ledger.leaveOut(place, block, "no JSON object");
    const { toolUse, toolResult } = block;
    if (isJsonObject(toolUse)) {
      const { toolUseId, name, input } = toolUse;
      if (toolUse.incomplete === true) return ledger.skip(place, "call that was not completed by the model");
      ledger.call({ position: place, id: toolUseId, tool: name, args: input, time });
    } else if (isJsonObject(toolResult)) {
      const { toolUseId, status } = toolResult;
      const failed = status === "error" ? true : status === "success" ? false : undefined;
      const result = resultOf(toolResult.content);
      ledger.answer({ position: place, id: toolUseId, content: result, failed, time });
    } else if (!isSpeech(block)) ledger.leaveOut(place, block, "block that is not known");
  });
}

const SPEECH = [
  "text",
  "image",
  "document",
  "video",
  "audio",
  "reasoningContent",
  "guardContent",
  "cachePoint",
  "citationsContent",
];

const isSpeech = (block: JsonObject) => SPEECH.some((name) => Object.hasOwn(block, name));

interface Block {
  readonly toolUse: JsonObject;
  readonly input: string[];
  ended: boolean;
}

/** Merge the events of streamed answers into messages. */
function mergeStreams(elements: readonly Element[]): Element[] {
  const merged: Element[] = [];
  let open: { position: string; blocks: Map<string, Block> } | undefined;
  const close = () => {
    if (open === undefined) return;
    const content = [...open.blocks.values()].map(({ toolUse, input, ended }) => ({
      toolUse: { ...toolUse, input: input.join("") || "{}", ...(ended ? {} : { incomplete: true }) },
    }));
    merged.push({ position: open.position, value: { role: "assistant", content } });
    open = undefined;
  };
  for (const element of elements) {
    const { value } = element;
    if (!isJsonObject(value)) {
      merged.push(element);
      continue;
    }
    const { messageStart, contentBlockStart: start, contentBlockDelta: delta, contentBlockStop: stop } =
      value;
    if (isJsonObject(messageStart)) close();
    // Strands keeps metadata of its own beside a message.
    const isMessage = typeof value.role === "string" || value.output !== undefined;
    const event = isMessage
      ? undefined
      : [messageStart, start, delta, stop, value.messageStop, value.metadata].find(isJsonObject);
    if (event === undefined) {
      merged.push(element);
      continue;
    }
    open ??= { position: element.position, blocks: new Map() };
    const index = asText(event.contentBlockIndex ?? "");
    if (event === start && isJsonObject(start.start) && isJsonObject(start.start.toolUse)) {
      open.blocks.set(index, { toolUse: start.start.toolUse, input: [], ended: false });
    } else if (event === delta && isJsonObject(delta.delta) && isJsonObject(delta.delta.toolUse)) {
      const { input } = delta.delta.toolUse;
      if (typeof input === "string") open.blocks.get(index)?.input.push(input);
    } else if (event === stop) {
      const block = open.blocks.get(index);
      if (block) block.ended = true;
    }
  }
  close();
  return merged;
}
