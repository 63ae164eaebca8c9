import { utf8 } from "../../../formats/bytes.ts";
import { isJsonObject, type JsonObject, type JsonValue, readJsonObject } from "../../../formats/json/mod.ts";
import { invalidInput } from "../../../errors/mod.ts";

/** Larger than any log of a part of a session: 256 MiB. */
export const MAX_LOG_BYTES = 1 << 28;

/** The first line of the log of a session. */
export interface SessionHeader {
  readonly session: string;
  readonly server: string;
  readonly createdAt: string;
  /** Which part of a long session it is, from 1 on. */
  readonly part: number;
}

/** A decided call, as the log has it. */
export interface CallRecord {
  readonly callId: string;
  readonly time: string;
  readonly method: string;
  readonly name: string;
  readonly toolName: string;
  readonly argsDigest: string;
  readonly intentDigest: string;
  readonly policyDigest: string;
  readonly verdict: string;
  /** Forwarded because the person at the client confirmed it. */
  readonly confirmed: boolean;
  readonly reasonCodes: readonly string[];
  readonly violations: readonly string[];
  readonly traceId: string;
  readonly tracePath: string;
}

/** How a forwarded call ended, as the log has it. */
export interface EndRecord {
  readonly callId: string;
  readonly time: string;
  readonly status: string;
  readonly outputDigest: string;
}

/** The log of a session, read back. */
export interface SessionLog {
  readonly header: SessionHeader;
  readonly calls: readonly CallRecord[];
  readonly ends: ReadonlyMap<string, EndRecord>;
  /** Whether its last line is cut off, or the line that closes it is missing. */
  readonly torn: boolean;
}

export function headerLine({ session, server, createdAt, part }: SessionHeader): Uint8Array<ArrayBuffer> {
  return line({ record: "session", session, server, created_at: createdAt, part });
}

export function callLine(call: CallRecord): Uint8Array<ArrayBuffer> {
  return line({
    record: "call",
    call_id: call.callId,
    time: call.time,
    method: call.method,
    name: call.name,
    tool_name: call.toolName,
    args_digest: call.argsDigest,
    intent_digest: call.intentDigest,
    policy_digest: call.policyDigest,
    verdict: call.verdict,
    ...(call.confirmed ? { confirmed: true } : {}),
    reason_codes: [...call.reasonCodes],
    violations: [...call.violations],
    trace_id: call.traceId,
    trace_path: call.tracePath,
  });
}

export function endLine({ callId, time, status, outputDigest }: EndRecord): Uint8Array<ArrayBuffer> {
  return line({ record: "end", call_id: callId, time, status, output_digest: outputDigest });
}

export function closedLine(time: string): Uint8Array<ArrayBuffer> {
  return line({ record: "closed", time });
}

function line(record: JsonObject): Uint8Array<ArrayBuffer> {
  return utf8(JSON.stringify(record) + "\n");
}

const NEWLINE = 0x0a;

/**
 * Read the log of a session.
 *
 * @throws {GaitError} `invalid_input` when a complete line can't be read: nothing of the log is used then
 */
export function readSessionLog(bytes: Uint8Array<ArrayBuffer>, what: string): SessionLog {
  let header: SessionHeader | undefined;
  const calls: CallRecord[] = [];
  const ends = new Map<string, EndRecord>();
  let closed = false;
  let start = 0;
  for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, start)) {
    const record = readJsonObject(bytes.subarray(start, end), { what, duplicates: "refuse" });
    start = end + 1;
    const text = (name: string) => textOf(record[name], name, what);
    switch (record["record"]) {
      case "session":
        header = {
          session: text("session"),
          server: text("server"),
          createdAt: text("created_at"),
          part: Number(record["part"]),
        };
        break;
      case "call":
        calls.push({
          callId: text("call_id"),
          time: text("time"),
          method: text("method"),
          name: text("name"),
          toolName: text("tool_name"),
          argsDigest: text("args_digest"),
          intentDigest: text("intent_digest"),
          policyDigest: text("policy_digest"),
          verdict: text("verdict"),
          confirmed: record["confirmed"] === true,
          reasonCodes: textsOf(record["reason_codes"]),
          violations: textsOf(record["violations"]),
          traceId: text("trace_id"),
          tracePath: text("trace_path"),
        });
        break;
      case "end":
        ends.set(text("call_id"), {
          callId: text("call_id"),
          time: text("time"),
          status: text("status"),
          outputDigest: text("output_digest"),
        });
        break;
      case "closed":
        closed = true;
        break;
      default:
        throw invalidInput(`Cannot read ${what}: a line is no record of a session`);
    }
  }
  if (!header) throw invalidInput(`Cannot read ${what}: it has no first line`);
  return { header, calls, ends, torn: start < bytes.length || !closed };
}

function textOf(value: JsonValue | undefined, name: string, what: string): string {
  if (typeof value === "string") return value;
  throw invalidInput(`Cannot read ${what}: "${name}" is no text`);
}

function textsOf(value: JsonValue | undefined): string[] {
  if (!Array.isArray(value)) return [];
  return value.filter((item): item is string => typeof item === "string" && !isJsonObject(item));
}
