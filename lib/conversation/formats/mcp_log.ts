import { isJsonObject, type JsonObject, type JsonValue } from "../../formats/json/mod.ts";
import type { Ledger } from "../ledger.ts";
import type { Message } from "../messages.ts";
import type { Keeping } from "../keeping.ts";
import { oneLog, openLog, readValues } from "./lines.ts";
import { countSkipped, type Element, type FormatReader, idIn, itemsOf, type LineReader } from "./reader.ts";
import { documentIn } from "./span_records.ts";

/** Logs of the JSON-RPC messages between an MCP client and its server. */
export const mcpLog: FormatReader = {
  title:
    "MCP: logs of JSON-RPC messages, bare, in batches, or wrapped in a member `message`, `data` or `payload`, also as text",
  reads: "requests `tools/call` and the responses with their id; `isError` and errors of JSON-RPC",
  lost: "all other messages",
  example: '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"pay","arguments":{}}}',
  detect: (values) => values.some((value) => messagesIn(value).length > 0),
  read: (roots) => readValues(roots, openSession),
  byLine: openSession,
};

function openSession(keep: Keeping): LineReader {
  const others = countSkipped();
  const open: Open = new Map();
  const readLine = (line: Message, ledger: Ledger): void => {
    const messages = messagesIn(line.value);
    if (messages.length === 0) return ledger.leaveOut(line.position, line.value, "no JSON-RPC message");
    for (const value of messages) readRpc({ ...line, value }, open, others.add, ledger);
  };
  const log = openLog("session", keep, readLine, (ledger) => others.report(ledger, "session"));
  const add = (element: Element): void => {
    const { value, position } = element;
    if (!Array.isArray(value)) return log.add(element);
    log.add(element, itemsOf(value, `${position}, message`));
  };
  return oneLog({ ...log, add });
}

/** The messages of a line: one, or those of a batch. */
function messagesIn(value: JsonValue): JsonObject[] {
  const lists = isJsonObject(value) ? [value, value.message, value.data, value.payload] : [value];
  for (const one of lists) {
    // Some loggers write the text that went over the wire.
    const messages = [documentIn(one) ?? null].flat().filter(isJsonObject).filter(({ jsonrpc }) =>
      jsonrpc === "2.0"
    );
    if (messages.length > 0) return messages;
  }
  return [];
}

/**
 * The requests of each id that wait for a response, and whether they are calls. Both sides count their own requests, so
 * a server that asks for something during a call may use the id of the call: it is answered before the call is.
 */
type Open = Map<string, boolean[]>;

function readRpc(
  { value, position, time }: Message,
  open: Open,
  leave: (kind: string) => void,
  ledger: Ledger,
): void {
  const { method, params, error, result } = value;
  const id = idIn(value.id);
  ledger.use(time);
  if (method === "tools/call") {
    const { name, arguments: args, _meta: meta } = isJsonObject(params) ? params : {};
    const origins = isJsonObject(meta) ? meta.arg_provenance : undefined;
    // Ids restart when a server is restarted.
    ledger.nextTurn();
    const call = ledger.call({ position, id, tool: name, args: args ?? {}, origins, time });
    if (call !== undefined && id !== undefined) addWaiting(open, id, true);
    return;
  }
  if (typeof method === "string") {
    if (id !== undefined && (open.get(id)?.length ?? 0) > 0) addWaiting(open, id, false);
    return leave(`message "${method.slice(0, 80)}"`);
  }
  if (id === undefined || open.get(id)?.pop() !== true) return leave("response to another request");
  const failed = error !== undefined
    ? true
    : isJsonObject(result) && typeof result.isError === "boolean"
    ? result.isError
    : undefined;
  ledger.answer({ position, id, content: error ?? result, failed, time });
}

function addWaiting(open: Open, id: string, isCall: boolean): void {
  const waiting = open.get(id) ?? [];
  if (waiting.length === 0) open.set(id, waiting);
  waiting.push(isCall);
}
