import { GaitError, invalidInput } from "../../errors/mod.ts";
import { readJsonObject } from "../../formats/json/mod.ts";
import { trim } from "../../formats/text.ts";
import { isZeroTime } from "../../formats/time.ts";
import { refuseLookalikes } from "../../intent/fields.ts";
import { decode } from "../../schema/fields.ts";
import { TRACE_SCHEMA_ID, type TraceRecord, traceRecordSchema } from "../../schema/trace_record.ts";
import { isVerdict, type Verdict } from "../../schema/verdict.ts";
import { isHexDigest } from "../../signing/mod.ts";

/** A trace whose members are all there; its verdict is one of the four. */
export type ValidTrace = TraceRecord & { readonly verdict: Verdict };

const MEMBERS: ReadonlySet<string> = new Set(Object.keys(traceRecordSchema.entries));

/**
 * Read a trace: every known member has its type, whatever it says. Duplicate keys, and keys that differ from a known one
 * only in case, are refused, because readers would take different ones: no signature need be there that forbids it.
 *
 * @throws {GaitError} `invalid_input`
 */
export function readTraceRecord(bytes: Uint8Array, what = "trace"): TraceRecord {
  const document = readJsonObject(bytes, { what, duplicates: "refuse" });
  refuseLookalikes(document, MEMBERS, `${what}: `);
  return decode(traceRecordSchema, document, what);
}

/**
 * Read a trace that says what was decided about which call (docs/spec/regress.md section 2). Its signature is not
 * checked; `verifyTrace` does that. A verdict with blanks around it counts as the verdict that it shows.
 *
 * @throws {GaitError} `invalid_input`
 */
export function readValidTrace(bytes: Uint8Array, what = "trace"): ValidTrace {
  const trace = readTraceRecord(bytes, what);
  const verdict = trim(trace.verdict);
  const fault = faultOf(trace);
  if (fault !== undefined || !isVerdict(verdict)) {
    throw invalidInput(`Cannot use ${what}: ${fault ?? `its verdict "${verdict}" is unknown`}`, {
      hint: "Give a trace as gait gate eval writes it",
    });
  }
  return { ...trace, verdict };
}

function faultOf(trace: TraceRecord): string | undefined {
  if (trace.schema_id !== TRACE_SCHEMA_ID) return `it is "${trace.schema_id}"`;
  for (const member of ["schema_version", "producer_version", "trace_id", "tool_name"] as const) {
    if (trim(trace[member]) === "") return `${member} is missing`;
  }
  if (isZeroTime(trace.created_at)) return "created_at is missing";
  for (const member of ["args_digest", "intent_digest", "policy_digest"] as const) {
    if (!isHexDigest(trace[member]) || trace[member] !== trace[member].toLowerCase()) {
      return `${member} is not 64 lower-case hex digits`;
    }
  }
  return undefined;
}

/** The trace that bytes are, or why they are none. */
export function validTraceIn(bytes: Uint8Array): ValidTrace | GaitError {
  try {
    return readValidTrace(bytes);
  } catch (error) {
    if (error instanceof GaitError) return error;
    throw error;
  }
}
