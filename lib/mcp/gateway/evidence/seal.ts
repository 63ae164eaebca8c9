import type { Files } from "../../../effects/types.ts";
import { parseTime, type Rfc3339 } from "../../../formats/time.ts";
import { buildRunPack } from "../../../pack/build_run.ts";
import { proveItVerifies } from "../../../pack/prove.ts";
import { recordRun } from "../../../runpack/record.ts";
import type { Intent, RecordInput, Result, TimelineEvent } from "../../../schema/runpack.ts";
import { RECORD_VERSION, SCHEMA_ID } from "../../../schema/runpack_layout.ts";
import type { PrivateKey } from "../../../signing/mod.ts";
import type { RecordingContext } from "../../decision_runpack.ts";
import type { SessionLog } from "./records.ts";

/** What sealing needs beside the log. */
export interface SealContext extends RecordingContext {
  /** Signs runpack and pack. */
  readonly key: PrivateKey;
  /** The folder of the evidence of a gateway. */
  readonly folder: string;
  readonly files: Files;
}

/** Where the evidence of a session stands. */
export interface SealedSession {
  readonly runpack: string;
  readonly pack: string;
  readonly calls: number;
}

/** Folders inside of the folder of evidence. */
export const TRACES = "traces";
export const SESSIONS = "sessions";
export const RUNPACKS = "runpacks";
export const PACKS = "packs";

/**
 * Seal the log of a session: one runpack and one pack with every call, its verdict and the digest of what came back
 * (docs/spec/mcp.md 10.13). The same log and key give the same bytes, so that sealing again after a crash changes
 * nothing.
 */
export async function sealSession(log: SessionLog, context: SealContext): Promise<SealedSession> {
  const { key, folder, files, os, arch, producer } = context;
  const { session, part } = log.header;
  const name = part === 1 ? session : `${session}_${part}`;
  const input = recordInput(log, `run_mcp_${name}`, context);
  const packed = await recordRun(input, { now: input.run.created_at as Rfc3339, os, arch, producer }, {
    key,
  });
  const { pack } = await buildRunPack(packed.bytes, producer, key);
  const sealed = await proveItVerifies(pack);
  const write = async (inside: string, file: string, bytes: Uint8Array<ArrayBuffer>) => {
    await files.makeFolder(`${folder}/${inside}`);
    return (await files.writeOutput(`${folder}/${inside}/${file}`, bytes, { ifTaken: "number" })).path;
  };
  return {
    runpack: await write(RUNPACKS, `runpack_${name}.zip`, packed.bytes),
    pack: await write(PACKS, `pack_${name}.zip`, sealed.bytes),
    calls: log.calls.length,
  };
}

function recordInput(log: SessionLog, runId: string, { os, arch, producer }: SealContext): RecordInput {
  const { header, calls, ends } = log;
  const started = parseTime(header.createdAt, "created_at");
  const head = (schemaId: string, time: Rfc3339) => ({
    schema_id: schemaId,
    schema_version: RECORD_VERSION,
    created_at: time,
    producer_version: producer,
    run_id: runId,
  });
  const event = (name: string, ts: Rfc3339): TimelineEvent => ({
    event: name,
    ts,
    ref: "",
    relationship: null,
  });
  const last = calls.at(-1);
  return {
    run: {
      ...head(SCHEMA_ID.run, started),
      env: { os, arch, runtime: "" },
      timeline: [
        event("mcp_gateway_started", started),
        ...(last ? [event("mcp_gateway_last_call", parseTime(last.time, "time"))] : []),
        ...(log.torn
          ? [event("mcp_gateway_session_torn", parseTime(last?.time ?? header.createdAt, "time"))]
          : []),
      ],
    },
    intents: calls.map((call): Intent => ({
      ...head(SCHEMA_ID.intent, parseTime(call.time, "time")),
      intent_id: call.callId,
      tool_name: call.toolName,
      args_digest: call.argsDigest,
      args: undefined,
    })),
    results: calls.map((call): Result => {
      const end = ends.get(call.callId);
      const passed = call.verdict === "allow" || call.confirmed;
      return {
        ...head(SCHEMA_ID.result, parseTime(end?.time ?? call.time, "time")),
        intent_id: call.callId,
        status: passed && end?.status === "ok" ? "ok" : "error",
        result_digest: "",
        result: {
          verdict: call.verdict,
          reason_codes: [...call.reasonCodes],
          violations: [...call.violations],
          trace_id: call.traceId,
          trace_path: call.tracePath,
          intent_digest: call.intentDigest,
          policy_digest: call.policyDigest,
          ...(call.confirmed ? { client_confirmation: "accepted" } : {}),
          outcome: passed ? end?.status ?? "unanswered" : "not_executed",
          ...(end && end.outputDigest !== "" ? { output_digest: end.outputDigest } : {}),
        },
      };
    }),
    refs: {
      ...head(SCHEMA_ID.refs, started),
      context_set_digest: "",
      context_evidence_mode: "",
      context_ref_count: 0,
      receipts: [],
    },
    capture_mode: "reference",
    normalization: { intent_args: undefined, result_payloads: undefined },
  };
}
