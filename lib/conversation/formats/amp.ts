import { isJsonObject, type JsonObject, type JsonValue } from "../../formats/json/mod.ts";
import type { Ledger } from "../ledger.ts";
import { isSpoken, joinTexts, type Message, timeIn } from "../messages.ts";
import { readEach } from "./continued.ts";
import { conversationEach } from "./lines.ts";
import { type FormatReader, logsOf, objectsIn, readLog, wordOf } from "./reader.ts";

/** Threads of Amp, as its folder of threads and its editor extension keep them. */
export const amp: FormatReader = {
  title: "Amp: threads (`T-….json`)",
  reads: "blocks `tool_use` and `tool_result` with the `status` of their run",
  lost: "what was said, thinking; calls that were still being written",
  example:
    '{"v":1,"id":"T-1","messages":[{"role":"assistant","content":[{"type":"tool_use","id":"t1","name":"Bash","input":{},"complete":true}]},{"role":"user","content":[{"type":"tool_result","toolUseID":"t1","run":{"status":"done","result":"ok"}}]}]}',
  detect: (values) => values.some((value) => isThread(value) || messagesIn(value)?.some(hasRun)),
  read: (roots) => readEach(logsOf(roots, messagesIn), (log) => readLog(log, readMessage)),
  byLine: conversationEach((log, keep) => readLog(log, readMessage, undefined, keep), messagesIn),
};

function messagesIn(value: JsonValue): JsonValue[] | undefined {
  if (!isJsonObject(value) || !Array.isArray(value.messages)) return undefined;
  return value.messages;
}

const isThread = (value: JsonValue) =>
  isJsonObject(value) && typeof value.v === "number" && typeof value.id === "string" &&
  /^T-/.test(value.id) &&
  Array.isArray(value.messages);

const hasRun = (message: JsonValue) =>
  isJsonObject(message) &&
  objectsIn(message.content).some(({ type, toolUseID: id, run }) =>
    type === "tool_result" && typeof id === "string" && isJsonObject(run)
  );

function readMessage({ value, position, time: given }: Message, ledger: Ledger): void {
  const { role, content, meta } = value;
  if (typeof role !== "string") return ledger.leaveOut(position, value, "message without a role");
  const time = given ?? (isJsonObject(meta) ? timeIn(meta, position, ledger, ["sentAt"]) : undefined);
  ledger.use(time);
  if (role === "assistant") ledger.nextTurn();
  if (!Array.isArray(content)) return;
  content.forEach((block, i) => {
    const place = `${position}, block ${i + 1}`;
    if (!isJsonObject(block)) return ledger.leaveOut(place, block, "no JSON object");
    if (block.type === "tool_use") {
      if (!isComplete(block)) return ledger.skip(place, "call that was not completed by the model");
      return void ledger.call({
        position: place,
        id: block.id,
        tool: block.name,
        args: block.input ?? {},
        time,
      });
    }
    if (block.type === "tool_result") return readResult(block, { position: place, time }, ledger);
    if (isSpoken(block.type) || block.type === "summary") return;
    ledger.leaveOut(place, block, `block of type "${wordOf(block.type)}"`);
  });
}

/** A run in one of these states has no result yet. */
const GOES_ON = new Set(["queued", "in-progress", "blocked-on-user", "cancellation-requested"]);

/** Whether the model finished a call; older threads only have what was written of it so far. */
const isComplete = ({ complete, inputPartialJSON: part }: JsonObject) => complete ?? part === undefined;

/** What became of a run; one that is still going on has no result yet. */
function readResult(
  block: JsonObject,
  { position, time }: Pick<Message, "position" | "time">,
  ledger: Ledger,
): void {
  const { toolUseID: id, run } = block;
  const { status, result, error, progress, reason } = isJsonObject(run) ? run : {};
  if (typeof status === "string" && GOES_ON.has(status)) {
    return ledger.skip(position, `result of a call that is "${wordOf(status)}"`);
  }
  const done = Array.isArray(result) ? joinTexts(result, position, ledger) : result;
  ledger.answer({
    position,
    id,
    content: done ?? error ?? reason ?? progress ?? { status: status ?? null },
    failed: typeof status === "string" ? status !== "done" : undefined,
    time,
  });
}
