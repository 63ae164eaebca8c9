import { isJsonObject, type JsonObject, type JsonValue } from "../../formats/json/mod.ts";
import { findCallMark } from "../call_marks.ts";
import type { Ledger } from "../ledger.ts";
import { isSpoken, joinTexts, type Message, quoteType, timeIn } from "../messages.ts";
import { isNonEmpty } from "../payload.ts";
import type { Roots } from "../input.ts";
import type { Skipped } from "../transcript.ts";
import { elementsOf, type FormatReader, itemsOf, type Log, objectsIn, readLog } from "./reader.ts";

/** Evaluation logs of Inspect: whole ones, and the samples in an `.eval` archive. */
export const inspect: FormatReader = {
  title: "Inspect: evaluation logs (JSON, samples of an .eval archive)",
  reads:
    "`tool_calls` and messages of role `tool` of each sample, with the times of their events; blocks `tool_use` that the provider ran",
  lost: "what was said, scores, other events; contents that are attachments are kept by their name",
  example:
    '{"id":"1","epoch":1,"messages":[{"role":"assistant","content":"","tool_calls":[{"id":"c1","function":"bash","arguments":{"cmd":"ls"}}]}]}',
  detect: (values) => values.some((value) => samplesIn(value).length > 0),
  read(roots: Roots) {
    const skipped: Skipped[] = [];
    const logs: Log[] = elementsOf(roots).flatMap(({ value, position }) => {
      const samples = samplesIn(value);
      if (samples.length === 0) return [{ position, value, elements: [{ value, position }] }];
      return samples.flatMap((sample, i) => {
        const place = sample === value ? position : `${position}, sample ${i + 1}`;
        const messages = sample.messages as JsonValue[];
        if (messages.length === 0) {
          skipped.push({ position: place, reason: "it has no messages" });
          return [];
        }
        const about = { timestamp: sample.started_at ?? null };
        return [{ position: place, value: sample, elements: itemsOf(messages, "message"), about }];
      });
    });
    const readings = logs.map((log) => {
      const events = toolEvents(log.value);
      return readLog(log, (message, ledger) => readMessage(message, events, ledger));
    });
    return { readings, skipped };
  },
};

function samplesIn(value: JsonValue): JsonObject[] {
  if (!isJsonObject(value)) return [];
  if (isSample(value)) return [value];
  return isJsonObject(value.eval) ? objectsIn(value.samples).filter(isSample) : [];
}

const isSample = ({ epoch, messages }: JsonObject) => typeof epoch === "number" && Array.isArray(messages);

/** The events of calls, which alone have times, by the ids of the calls; an id of two calls tells nothing. */
function toolEvents(sample: JsonValue): ReadonlyMap<string, JsonObject> {
  const found = new Map<string, JsonObject>();
  const repeated = new Set<string>();
  for (const event of isJsonObject(sample) ? objectsIn(sample.events) : []) {
    if (event.event !== "tool" || typeof event.id !== "string") continue;
    if (found.has(event.id)) repeated.add(event.id);
    found.set(event.id, event);
  }
  for (const id of repeated) found.delete(id);
  return found;
}

function readMessage(
  { value, position, time }: Message,
  events: ReadonlyMap<string, JsonObject>,
  ledger: Ledger,
): void {
  const timeOf = (id: JsonValue | undefined, name: string) => {
    const event = typeof id === "string" ? events.get(id) : undefined;
    return (event && timeIn(event, position, ledger, [name])) ?? time;
  };
  const { role, content, tool_calls: calls, error } = value;
  if (role !== "system" && role !== "user" && role !== "assistant" && role !== "tool") {
    return ledger.leaveOut(position, value, "message of no known role");
  }
  ledger.use(time);
  if (role === "tool") {
    const failed = isNonEmpty(error) ? true : undefined;
    const said = joinTexts(content, position, ledger);
    const message = isJsonObject(error) ? error.message : undefined;
    return ledger.answer({
      position,
      id: value.tool_call_id,
      tool: value.function,
      content: failed && !isNonEmpty(said) ? message ?? error : said,
      failed,
      time: timeOf(value.tool_call_id, "completed"),
    });
  }
  ledger.nextTurn();
  (Array.isArray(content) ? content : []).forEach((block, i) =>
    readBlock(block, `${position}, block ${i + 1}`, time, ledger)
  );
  if ((calls ?? null) === null) return;
  if (!Array.isArray(calls)) return ledger.foreign(position, "tool_calls is not a list");
  calls.forEach((call, i) => {
    const place = `${position}, call ${i + 1}`;
    if (!isJsonObject(call)) return ledger.foreign(place, "no JSON object");
    const { id, function: tool, arguments: args } = call;
    ledger.call({ position: place, id, tool, args, time: timeOf(id, "timestamp") });
  });
}

function readBlock(block: JsonValue, position: string, time: Message["time"], ledger: Ledger): void {
  if (typeof block === "string") return;
  if (isJsonObject(block) && block.type === "tool_use" && Object.hasOwn(block, "tool_type")) {
    const { id, name, arguments: args, result, error } = block;
    const call = ledger.call({ position, id, tool: name, args, time });
    if (call === undefined || (result ?? error ?? null) === null) return;
    const failed = isNonEmpty(error);
    return ledger.answerTo(call, {
      content: failed ? error : result,
      failed: failed ? true : undefined,
      time,
    });
  }
  const isSpeech = isJsonObject(block) &&
    (isSpoken(block.type) || block.type === "reasoning" || block.type === "data");
  if (!isSpeech || findCallMark(block) !== undefined) {
    ledger.leaveOut(position, block, `block of ${quoteType(block)}`);
  }
}
