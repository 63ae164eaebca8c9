import {
  asText,
  canonicalize,
  isJsonObject,
  type JsonObject,
  type JsonValue,
} from "../../formats/json/mod.ts";
import type { Keeping } from "../keeping.ts";
import type { Ledger } from "../ledger.ts";
import type { Message } from "../messages.ts";
import { oneLog, openLog, readValues } from "./lines.ts";
import { countSkipped, type FormatReader, idIn, type LineReader, wordOf } from "./reader.ts";

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
  tool: JsonValue | undefined;
  readonly args: string[];
  /** By chunks, which have no end of their own and name the call in the first alone. */
  readonly inChunks: boolean;
}

function openRun(keep: Keeping): LineReader {
  const others = countSkipped();
  const begun = new Map<string, Begun>();
  /** The tools and arguments of the calls that have ended, by their id. */
  const ended = new Map<string, Set<string>>();
  let chunked: string | undefined;

  function end(id: string, { position, tool, args }: Begun, time: Message["time"], ledger: Ledger): void {
    begun.delete(id);
    const text = args.join("");
    const key = keep.key(canonicalize([tool ?? null, text || "{}"]));
    const known = ended.get(id) ?? new Set<string>();
    ended.set(id, known);
    // A stream that was resumed repeats its calls; another call may have the same id.
    if (known.has(key)) return others.add("call that is repeated");
    known.add(key);
    ledger.nextTurn();
    ledger.call({ position, id, tool, args: text || {}, time });
  }

  /** What is known of a call that no event ends. */
  function leave(id: string, call: Begun, time: Message["time"], ledger: Ledger): void {
    const text = call.args.join("");
    if (isWhole(text) || call.inChunks && text === "") return end(id, call, time, ledger);
    begun.delete(id);
    ledger.skip(call.position, "call that was not completed by the model");
  }

  return oneLog(openLog("run", keep, ({ value, position, time }, ledger) => {
    ledger.use(time);
    const { type, delta } = value;
    if (!isOfCall(value)) {
      // A snapshot repeats the messages of the run, with its calls.
      const kind = wordOf(type);
      if (kind.startsWith("TOOL_CALL") || typeof type !== "string") {
        return ledger.leaveOut(position, value, `event "${kind}"`);
      }
      return others.add(`event "${kind}"`);
    }
    const isChunk = type === "TOOL_CALL_CHUNK";
    const id = idOf(value) ?? (isChunk ? chunked : undefined);
    if (id === undefined) return ledger.foreign(position, `${asText(type)} without an id`);
    if (isChunk) chunked = id;
    let call = begun.get(id);
    if (type === "TOOL_CALL_RESULT") {
      if (call !== undefined) end(id, call, time, ledger);
      return ledger.answer({ position, id, content: value.content, time, mayPrecede: true });
    }
    if (type === "TOOL_CALL_START" && call !== undefined) {
      leave(id, call, time, ledger);
      call = undefined;
    }
    const tool = value.toolCallName ?? value.tool_call_name;
    if (call === undefined && (tool ?? null) === null && ended.has(id)) {
      return others.add("event of a call that has ended");
    }
    if (type === "TOOL_CALL_END") {
      return call === undefined
        ? ledger.foreign(position, "the end of a call that was not begun")
        : end(id, call, time, ledger);
    }
    call ??= { position, tool: undefined, args: [], inChunks: isChunk };
    begun.set(id, call);
    call.tool ??= tool;
    if (typeof delta === "string") call.args.push(delta);
  }, (ledger) => {
    for (const [id, call] of [...begun]) leave(id, call, undefined, ledger);
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
