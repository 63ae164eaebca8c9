import { isJsonObject, type JsonObject, type JsonValue } from "../../formats/json/mod.ts";
import type { Ledger } from "../ledger.ts";
import type { Message } from "../messages.ts";
import type { Keeping } from "../keeping.ts";
import { logEach, readValues } from "./lines.ts";
import { type FormatReader, type LineReader, readLog } from "./reader.ts";

/** Results of the Berkeley Function Calling Leaderboard; each entry is a run. */
export const bfcl: FormatReader = {
  title: "BFCL results",
  reads: "`result` of each entry: calls by name, also in turns and steps; an entry is a run",
  lost: "what was said, latencies, `inference_log`; calls that a model wrote as Python are refused",
  example: '{"id":"simple_0","result":[{"pay":"{\\"cents\\": 5}"}],"latency":1}',
  detect: (values) => values.some((value) => isJsonObject(value) && isEntry(value)),
  read: (roots) => readValues(roots, openEntries),
  byLine: openEntries,
};

function openEntries(keep: Keeping): LineReader {
  return logEach((element) => readLog({ ...element, elements: [element] }, readEntry, () => {}, keep));
}

function readEntry({ value, position, time }: Message, ledger: Ledger): void {
  if (!Object.hasOwn(value, "result")) return ledger.leaveOut(position, value, "entry without a result");
  ledger.use(time);
  readResult(value.result ?? null, position, ledger, 0);
}

/** Calls are in the list, in its turns, or in the steps of a turn. */
const MAX_NESTING = 3;

const isEntry = ({ id, result }: JsonObject) => typeof id === "string" && hasCall(result, 0);

function hasCall(value: JsonValue | undefined, depth: number): boolean {
  return Array.isArray(value)
    ? depth < MAX_NESTING && value.some((item) => hasCall(item, depth + 1))
    : depth > 0 && isJsonObject(value) && isCall(value);
}

/** `{"name": arguments}`, with arguments as an object or as the text of one. */
function isCall(value: JsonObject): boolean {
  const members = Object.values(value);
  return members.length === 1 &&
    (isJsonObject(members[0]) || typeof members[0] === "string" && members[0].trimStart().startsWith("{"));
}

function readResult(value: JsonValue, position: string, ledger: Ledger, depth: number): void {
  if (Array.isArray(value)) {
    if (depth >= MAX_NESTING) return ledger.foreign(position, "lists in lists");
    return value.forEach((item, i) => readResult(item, `${position}, ${i + 1}`, ledger, depth + 1));
  }
  if (typeof value === "string") {
    const isPython = value.trimStart().startsWith("[") && value.includes("(");
    return isPython ? ledger.foreign(position, "calls written as Python") : undefined;
  }
  if (!isJsonObject(value)) return ledger.leaveOut(position, value, "no call");
  ledger.nextTurn();
  for (const [tool, args] of Object.entries(value)) {
    ledger.call({ position, id: undefined, tool, args, time: undefined });
  }
}
