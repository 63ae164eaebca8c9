import { utf8 } from "../../formats/bytes.ts";
import { invalidInput } from "../../errors/mod.ts";
import { isJsonObject, type JsonObject, readJsonObject } from "../../formats/json/mod.ts";
import type { Rfc3339 } from "../../formats/time.ts";
import { anyObject, object, text, texts, time } from "../../schema/fields.ts";
import { decode } from "../../schema/fields.ts";
import { isVerdict, type Verdict } from "../../schema/verdict.ts";
import { isHexDigest } from "../../signing/mod.ts";
import type { CaptureMode } from "../record_request.ts";

/*
 * The journal of a recording: a line a call and a line a result, each durable before its answer is given. The runpack
 * is made of it at the end, or after a crash (docs/gate_stream.md).
 */

/** What a recording is of: the first line. */
export interface RecordingHead {
  readonly runId: string;
  readonly captureMode: CaptureMode;
  readonly createdAt: Rfc3339;
  readonly producerVersion: string;
  readonly os: string;
  readonly arch: string;
}

/** A decided call. */
export interface RecordedCall {
  readonly callId: string;
  readonly toolName: string;
  readonly argsDigest: string;
  /** Only with the capture mode `raw`. */
  readonly args?: JsonObject | undefined;
  readonly verdict: Verdict;
  readonly violations: readonly string[];
  readonly traceId: string;
  readonly observedAt: Rfc3339;
}

/** What became of a call. */
export interface RecordedResult {
  readonly callId: string;
  readonly status: string;
  readonly resultDigest: string;
  readonly result?: JsonObject | undefined;
  readonly at: Rfc3339;
}

/** The content of a journal. */
export interface Recording {
  /** Absent when the process died before anything was recorded. */
  readonly head?: RecordingHead;
  readonly calls: readonly RecordedCall[];
  readonly results: readonly RecordedResult[];
  /** An unfinished line at the end; nobody was answered about it. */
  readonly torn: Uint8Array<ArrayBuffer>;
}

const headSchema = object({
  run_id: text,
  capture_mode: text,
  created_at: time,
  producer_version: text,
  os: text,
  arch: text,
});

const callSchema = object({
  call_id: text,
  tool_name: text,
  args_digest: text,
  args: anyObject,
  verdict: text,
  violations: texts,
  trace_id: text,
  observed_at: time,
});

const resultSchema = object({
  call_id: text,
  status: text,
  result_digest: text,
  result: anyObject,
  at: time,
});

function line(kind: string, members: JsonObject): Uint8Array<ArrayBuffer> {
  return utf8(JSON.stringify({ [kind]: members }) + "\n");
}

export function headLine(head: RecordingHead): Uint8Array<ArrayBuffer> {
  return line("recording", {
    run_id: head.runId,
    capture_mode: head.captureMode,
    created_at: head.createdAt,
    producer_version: head.producerVersion,
    os: head.os,
    arch: head.arch,
  });
}

export function callLine(call: RecordedCall): Uint8Array<ArrayBuffer> {
  return line("call", {
    call_id: call.callId,
    tool_name: call.toolName,
    args_digest: call.argsDigest,
    ...(call.args ? { args: call.args } : {}),
    verdict: call.verdict,
    ...(call.violations.length > 0 ? { violations: [...call.violations] } : {}),
    trace_id: call.traceId,
    observed_at: call.observedAt,
  });
}

export function resultLine(result: RecordedResult): Uint8Array<ArrayBuffer> {
  return line("result", {
    call_id: result.callId,
    status: result.status,
    result_digest: result.resultDigest,
    ...(result.result ? { result: result.result } : {}),
    at: result.at,
  });
}

const NEWLINE = 0x0a;

/**
 * Read a journal back. A torn end is cut off; a whole line that is malformed, or that contradicts the others, makes all
 * of it unusable: it is evidence, so a person must look at it first.
 *
 * @throws {GaitError} `invalid_input`
 */
export function readRecording(bytes: Uint8Array<ArrayBuffer>, what: string): Recording {
  let head: RecordingHead | undefined;
  const calls: RecordedCall[] = [];
  const results: RecordedResult[] = [];
  const open = new Map<string, boolean>();
  let start = 0;
  let number = 0;
  for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, start)) {
    const at = `${what}, line ${++number}`;
    const refuse = (reason: string) => invalidInput(`Cannot read ${at}: ${reason}`);
    const document = readJsonObject(bytes.subarray(start, end), {
      what: at,
      duplicates: "refuse",
      numbers: "exact",
    });
    start = end + 1;
    if (number === 1) {
      head = readHead(document.recording, at);
    } else if (isJsonObject(document.call)) {
      const call = readCall(document.call, at);
      if (open.has(call.callId)) throw refuse(`call "${call.callId}" is there twice`);
      open.set(call.callId, true);
      calls.push(call);
    } else if (isJsonObject(document.result)) {
      const result = readResult(document.result, at);
      if (!open.get(result.callId)) throw refuse(`call "${result.callId}" has no open result`);
      open.set(result.callId, false);
      results.push(result);
    } else throw refuse("it is neither a call nor a result");
  }
  return { ...(head ? { head } : {}), calls, results, torn: bytes.slice(start) };
}

function readHead(value: unknown, at: string): RecordingHead {
  if (!isJsonObject(value as JsonObject)) throw invalidInput(`Cannot read ${at}: it is no recording`);
  const given = decode(headSchema, value as JsonObject, at);
  const { capture_mode: mode } = given;
  if (given.run_id === "" || (mode !== "raw" && mode !== "reference")) {
    throw invalidInput(`Cannot read ${at}: it is no recording`);
  }
  return {
    runId: given.run_id,
    captureMode: mode,
    createdAt: given.created_at,
    producerVersion: given.producer_version,
    os: given.os,
    arch: given.arch,
  };
}

function readCall(value: JsonObject, at: string): RecordedCall {
  const given = decode(callSchema, value, at);
  const { verdict } = given;
  if (!isVerdict(verdict) || given.call_id === "" || !isHexDigest(given.args_digest)) {
    throw invalidInput(`Cannot read ${at}: it is no call`);
  }
  return {
    callId: given.call_id,
    toolName: given.tool_name,
    argsDigest: given.args_digest,
    args: given.args ?? undefined,
    verdict,
    violations: given.violations,
    traceId: given.trace_id,
    observedAt: given.observed_at,
  };
}

function readResult(value: JsonObject, at: string): RecordedResult {
  const given = decode(resultSchema, value, at);
  if (given.call_id === "" || given.status === "" || !isHexDigest(given.result_digest)) {
    throw invalidInput(`Cannot read ${at}: it is no result`);
  }
  return {
    callId: given.call_id,
    status: given.status,
    resultDigest: given.result_digest,
    result: given.result ?? undefined,
    at: given.at,
  };
}
