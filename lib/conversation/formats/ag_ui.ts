import { isJsonObject, type JsonObject } from "../../formats/json/mod.ts";
import type { Keeping } from "../keeping.ts";
import { oneLog, openLog, readValues } from "./lines.ts";
import { countSkipped, type FormatReader, idIn, type LineReader } from "./reader.ts";

/** Events of AG-UI, the protocol between agents and their pages. */
export const agUi: FormatReader = {
  title: "AG-UI events",
  reads:
    "`TOOL_CALL_START`, `TOOL_CALL_ARGS`, `TOOL_CALL_END`, `TOOL_CALL_CHUNK` and `TOOL_CALL_RESULT`; a call once",
  lost:
    "what was said, states; snapshots of messages, which repeat the calls; calls that were not ended are listed",
  example:
    '[{"type":"TOOL_CALL_START","toolCallId":"c1","toolCallName":"pay"},{"type":"TOOL_CALL_END","toolCallId":"c1"}]',
  detect: (values) =>
    values.some((value) => isJsonObject(value) && isOfCall(value) && idOf(value) !== undefined),
  read: (roots) => readValues(roots, openRun),
  byLine: openRun,
};

const isOfCall = ({ type }: JsonObject) => typeof type === "string" && /^TOOL_CALL_[A-Z]{3,6}$/.test(type);
const idOf = (value: JsonObject) => idIn(value.toolCallId ?? value.tool_call_id);

interface Begun {
  readonly position: string;
  tool: JsonObject[string] | undefined;
  readonly args: string[];
}

function openRun(keep: Keeping): LineReader {
  const others = countSkipped();
  const begun = new Map<string, Begun>();
  const ended = new Set<string>();
  return oneLog(openLog("run", keep, ({ value, position, time }, ledger) => {
    ledger.use(time);
    const { type, delta } = value;
    if (!isOfCall(value)) {
      // A snapshot repeats the messages of the run, with its calls.
      const kind = String(type ?? "none").slice(0, 80);
      if (kind.startsWith("TOOL_CALL") || typeof type !== "string") {
        return ledger.leaveOut(position, value, `event "${kind}"`);
      }
      return others.add(`event "${kind}"`);
    }
    const id = idOf(value);
    if (id === undefined) return ledger.foreign(position, `${String(type)} without an id`);
    const end = (id: string, call: Begun) => {
      begun.delete(id);
      ended.add(id);
      ledger.nextTurn();
      ledger.call({ position: call.position, id, tool: call.tool, args: call.args.join("") || {}, time });
    };
    if (type === "TOOL_CALL_RESULT") {
      const call = begun.get(id);
      if (call !== undefined) end(id, call);
      return ledger.answer({ position, id, content: value.content, time });
    }
    if (ended.has(id)) return others.add("event of a call that has ended");
    if (type === "TOOL_CALL_END") {
      const call = begun.get(id);
      return call === undefined
        ? ledger.foreign(position, "the end of a call that was not begun")
        : end(id, call);
    }
    const call = begun.get(id) ?? { position, tool: undefined, args: [] };
    begun.set(id, call);
    call.tool ??= value.toolCallName ?? value.tool_call_name;
    if (typeof delta === "string") call.args.push(delta);
  }, (ledger) => {
    for (const [id, { position, tool, args }] of begun) {
      // Chunks have no end of their own: a call is whole when its arguments are.
      if (isWhole(args.join(""))) ledger.call({ position, id, tool, args: args.join("") || {} });
      else ledger.skip(position, "call that was not completed by the model");
    }
    others.report(ledger, "run");
  }));
}

function isWhole(args: string): boolean {
  try {
    return isJsonObject(JSON.parse(args));
  } catch {
    return false;
  }
}
