import { invalidInput } from "../../errors/mod.ts";
import { isIntegerLiteral, isJsonObject, type JsonObject, readJsonObject } from "../../formats/json/mod.ts";
import { trim } from "../../formats/text.ts";
import { badField, flag, text } from "../../intent/fields.ts";
import { SERVE_REQUEST_MEMBERS } from "../../schema/mcp_serve.ts";

/** A request to the server (docs/spec/mcp.md 6.2); strings are empty when absent. */
export interface EvaluateRequest {
  /** A payload in the format of the adapter; not empty. */
  readonly call: JsonObject;
  readonly adapter: string;
  readonly runId: string;
  readonly sessionId: string;
  /** Events between checkpoints; 0 or less makes none. */
  readonly checkpointInterval: number;
  readonly emitRunpack: boolean;
  readonly emitPack: boolean;
  /** Paths that the client chose. */
  readonly paths: ClientPaths;
}

/** Paths of evidence that the client chose; absent where the server chooses. */
export interface ClientPaths {
  readonly trace?: string;
  readonly runpack?: string;
  readonly pack?: string;
  readonly journal?: string;
}

const PATHS = {
  trace_path: "trace",
  runpack_out: "runpack",
  pack_out: "pack",
  session_journal: "journal",
} as const;
const AT = "request: ";

/**
 * Read the body of a request: one JSON object without unknown members or duplicate keys; no number is rounded.
 *
 * @throws {GaitError} `invalid_input`
 */
export function readEvaluateRequest(body: Uint8Array): EvaluateRequest {
  const request = readJsonObject(body, { what: "request", duplicates: "refuse", numbers: "unchanged" });
  const unknown = Object.keys(request).find((name) => !SERVE_REQUEST_MEMBERS.includes(name));
  if (unknown !== undefined) throw badField(AT, unknown, "unknown member");
  const { call } = request;
  if (!isJsonObject(call) || Object.keys(call).length === 0) {
    throw badField(AT, "call", "expected a non-empty object with the call");
  }
  const paths = Object.entries(PATHS).map(([name, meant]) => [meant, trim(text(request, name, AT))] as const);
  return {
    call,
    adapter: trim(text(request, "adapter", AT)),
    runId: text(request, "run_id", AT),
    sessionId: trim(text(request, "session_id", AT)),
    checkpointInterval: interval(request),
    emitRunpack: flag(request, "emit_runpack", AT),
    emitPack: flag(request, "emit_pack", AT),
    paths: Object.fromEntries(paths.filter(([, path]) => path !== "")),
  };
}

function interval(request: JsonObject): number {
  const value = request.checkpoint_interval ?? 0;
  if (
    typeof value === "number" && Number.isSafeInteger(value) &&
    isIntegerLiteral(request, "checkpoint_interval")
  ) {
    return value;
  }
  throw invalidInput(`Cannot read ${AT}checkpoint_interval: expected a whole number`);
}
