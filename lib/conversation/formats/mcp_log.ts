import { isJsonObject, type JsonObject, type JsonValue } from "../../formats/json/mod.ts";
import type { Ledger } from "../ledger.ts";
import type { Message } from "../messages.ts";
import type { Keeping } from "../keeping.ts";
import { oneLog, openLog, readValues } from "./lines.ts";
import { countSkipped, type FormatReader, idIn, type LineReader } from "./reader.ts";

/** Logs of the JSON-RPC messages between an MCP client and its server. */
export const mcpLog: FormatReader = {
  title: "MCP: logs of JSON-RPC messages, bare or wrapped in a member `message`, `data` or `payload`",
  reads: "requests `tools/call` and the responses with their id; `isError` and errors of JSON-RPC",
  lost: "all other messages",
  example: '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"pay","arguments":{}}}',
  detect: (values) => values.some((value) => messageIn(value) !== undefined),
  read: (roots) => readValues(roots, openSession),
  byLine: openSession,
};

function openSession(keep: Keeping): LineReader {
  const others = countSkipped();
  const open = new Set<string>();
  return oneLog(
    openLog("session", keep, (line, ledger) => {
      const message = messageIn(line.value);
      if (message === undefined) return ledger.leaveOut(line.position, line.value, "no JSON-RPC message");
      readRpc({ ...line, value: message }, open, others.add, ledger);
    }, (ledger) => others.report(ledger, "session")),
  );
}

function messageIn(value: JsonValue): JsonObject | undefined {
  if (!isJsonObject(value)) return undefined;
  return [value, value.message, value.data, value.payload].filter(isJsonObject).find(({ jsonrpc }) =>
    jsonrpc === "2.0"
  );
}

function readRpc(
  { value, position, time }: Message,
  open: Set<string>,
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
    if (call !== undefined && id !== undefined) open.add(id);
    return;
  }
  if (typeof method === "string") return leave(`message "${method.slice(0, 80)}"`);
  if (id === undefined || !open.delete(id)) return leave("response to another request");
  const failed = error !== undefined
    ? true
    : isJsonObject(result) && typeof result.isError === "boolean"
    ? result.isError
    : undefined;
  ledger.answer({ position, id, content: error ?? result, failed, time });
}
