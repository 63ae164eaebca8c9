import { asText, isJsonObject, type JsonObject, type JsonValue } from "../../formats/json/mod.ts";
import { findCallMark } from "../call_marks.ts";
import type { Ledger } from "../ledger.ts";
import { type Message, timeIn } from "../messages.ts";
import {
  countSkipped,
  type Element,
  type FormatReader,
  idIn,
  itemsOf,
  type Log,
  logsOf,
  readLog,
  wordOf,
} from "./reader.ts";

/** Sessions of opencode (`opencode export`) and its `run --format json`. */
export const opencode: FormatReader = {
  title: "opencode: exported sessions, run --format json",
  reads: "parts of type `tool` with their `state`; the last state of each",
  lost: "what was said, steps, snapshots; calls that were still being written",
  example:
    '{"info":{"id":"s"},"messages":[{"info":{"role":"assistant"},"parts":[{"type":"tool","callID":"c1","tool":"bash","state":{"status":"running","input":{}}}]}]}',
  detect: (values) => values.some((value) => partsOf(value).some(isTool)),
  read: (roots) => ({ readings: logsOf(roots, messagesIn).map(readSession), skipped: [] }),
};

function messagesIn(value: JsonValue): JsonValue[] | undefined {
  return isJsonObject(value) && isJsonObject(value.info) && Array.isArray(value.messages)
    ? value.messages
    : undefined;
}

const isTool = (part: JsonValue): part is ToolPart =>
  isJsonObject(part) && part.type === "tool" && typeof part.tool === "string" && isJsonObject(part.state);

/** A part that is a call, with how far it has come. */
interface ToolPart extends JsonObject {
  readonly tool: string;
  readonly state: JsonObject;
}

/** The parts of a session, of a message, or of an event. */
function partsOf(value: JsonValue): JsonValue[] {
  if (!isJsonObject(value)) return [];
  const messages = messagesIn(value);
  if (messages !== undefined) return messages.flatMap(partsOf);
  const { parts, part, properties } = value;
  if (Array.isArray(parts) && isJsonObject(value.info)) return parts;
  if (isJsonObject(part)) return [part];
  return isJsonObject(properties) && isJsonObject(properties.part) ? [properties.part] : [];
}

function readSession(log: Log) {
  const others = countSkipped();
  return readLog({ ...log, elements: inOrder(latest(log.elements)) }, (element, ledger) => {
    ledger.use(element.time);
    if (isTool(element.value)) return readTool(element.value, element, ledger);
    const { value, position }: Message = element;
    const kind = `part or event of type "${wordOf(value.type)}"`;
    if (findCallMark(value) === undefined) return others.add(kind);
    ledger.leaveOut(position, value, kind);
  }, (ledger) => others.report(ledger, log.position));
}

/** The parts of all elements; a part that is written again as its call progresses stays where it was, as it is last. */
function latest(elements: readonly Element[]): Element[] {
  const found: Element[] = [];
  const at = new Map<string, number>();
  for (const element of elements) {
    const parts = partsOf(element.value);
    const isMessage = isJsonObject(element.value) && Array.isArray(element.value.parts);
    if (parts.length === 0 && !isMessage) found.push(element);
    for (const one of itemsOf(parts, `${element.position}, part`)) {
      const id = isTool(one.value) ? idIn(one.value.id) : undefined;
      const known = id === undefined ? undefined : at.get(id);
      if (known !== undefined) found[known] = { ...found[known]!, value: one.value };
      else {
        if (id !== undefined) at.set(id, found.length);
        found.push(one);
      }
    }
  }
  return found;
}

/**
 * The parts with the calls in the order in which they were made. Events tell of a call when it is over, so that of two
 * at once the shorter comes first; the ids of parts ascend in the order in which the parts were begun.
 */
function inOrder(elements: readonly Element[]): readonly Element[] {
  const idOf = ({ value }: Element) => isTool(value) ? value.id : undefined;
  const calls = elements.filter(({ value }) => isTool(value));
  if (!calls.every((one) => /^prt_[0-9a-f]{12}/.test(asText(idOf(one)).slice(0, 40)))) return elements;
  calls.sort((a, b) => asText(idOf(a)) < asText(idOf(b)) ? -1 : 1);
  let next = 0;
  return elements.map((one) => isTool(one.value) ? calls[next++]! : one);
}

function readTool({ callID: id, tool, state }: ToolPart, { position, time }: Message, ledger: Ledger): void {
  const { status, input, output, error, time: times } = state;
  if (status === "pending") return ledger.skip(position, "call that was not completed by the model");
  const at = (name: string) => isJsonObject(times) ? timeIn(times, position, ledger, [name]) ?? time : time;
  ledger.nextTurn();
  const call = ledger.call({ position, id, tool, args: input ?? {}, time: at("start") });
  if (call === undefined) return;
  // A call that can't be run is given to a tool of this name, which completes with what was wrong.
  const failed = tool === "invalid";
  if (status === "completed") ledger.answerTo(call, { content: output, failed, time: at("end") });
  if (status === "error") ledger.answerTo(call, { content: error, failed: true, time: at("end") });
}
