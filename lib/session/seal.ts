import { isZeroTime, type Rfc3339, toUtc, ZERO_TIME } from "../formats/time.ts";
import type { JsonObject } from "../formats/json/mod.ts";
import { RECORD_VERSION, SCHEMA_ID } from "../schema/runpack_layout.ts";
import type { Intent, Result, TimelineEvent } from "../schema/runpack.ts";
import type { SessionEvent } from "../schema/session_journal.ts";
import { digestOf, type Hasher, hasherFor, type PrivateKey } from "../signing/mod.ts";
import { type PackedRun, packRecords } from "../runpack/pack_records.ts";
import { evidence, relationshipFrom } from "./event.ts";

/** The context of sealing. */
export interface SealContext {
  readonly sessionId: string;
  /** Run id of the runpack: `<run_id>_cp_NNNN`. */
  readonly runId: string;
  readonly checkpointIndex: number;
  readonly now: Rfc3339;
  readonly version: string;
  readonly os: string;
  readonly arch: string;
  readonly key?: PrivateKey | undefined;
}

/** Run id of the runpack of a checkpoint. */
export function sealedRunId(runId: string, index: number): string {
  return `${runId}_cp_${String(index).padStart(4, "0")}`;
}

/** Pack events as the runpack of a checkpoint (docs/spec/sessions.md 4.5); the same events give the same bytes. */
export async function sealEvents(
  events: readonly SessionEvent[],
  around: SealContext,
): Promise<PackedRun> {
  const { runId, now, version } = around;
  const hash = await hasherFor(2 * events.length);
  const head = { schema_version: RECORD_VERSION, created_at: now, producer_version: version, run_id: runId };
  const intents: Intent[] = [];
  const results: Result[] = [];
  for (const [i, event] of events.entries()) {
    const own = { ...head, created_at: isZeroTime(event.created_at) ? now : toUtc(event.created_at) };
    const intentId = event.intent_id || `intent_${i + 1}`;
    intents.push({ ...own, schema_id: SCHEMA_ID.intent, ...await intentOf(event, intentId, hash) });
    results.push({ ...own, schema_id: SCHEMA_ID.result, ...await resultOf(event, intentId, hash) });
  }
  return await packRecords({
    run: {
      ...head,
      schema_id: SCHEMA_ID.run,
      env: { os: around.os, arch: around.arch, runtime: "deno" },
      timeline: [...events.map((event) => sealedEvent(event, around)), checkpointEmitted(around)],
    },
    intents,
    results,
    refs: {
      ...head,
      schema_id: SCHEMA_ID.refs,
      context_set_digest: "",
      context_evidence_mode: "",
      context_ref_count: 0,
      receipts: [],
    },
    captureMode: "reference",
  }, around.key);
}

async function intentOf(event: SessionEvent, intentId: string, hash: Hasher) {
  const args: JsonObject = {
    session_id: event.session_id,
    sequence: event.sequence,
    trace_id: event.trace_id,
    trace_path: event.trace_path,
  };
  const digest = event.intent_digest || await digestOf(args, hash);
  return { intent_id: intentId, tool_name: event.tool_name, args_digest: digest, args };
}

async function resultOf(event: SessionEvent, intentId: string, hash: Hasher) {
  const { verdict, reason_codes, violations, trace_id, trace_path } = event;
  const listOrNull = (list: readonly string[]) => list.length === 0 ? null : [...list];
  const result: JsonObject = {
    verdict,
    reason_codes: listOrNull(reason_codes),
    violations: listOrNull(violations),
    trace_id,
    trace_path,
  };
  const status = verdict === "block" || verdict === "require_approval" ? "error" : "ok";
  return { intent_id: intentId, status, result_digest: await digestOf(result, hash), result };
}

function sealedEvent(event: SessionEvent, { runId, sessionId }: SealContext): TimelineEvent {
  const run = { kind: "run", id: runId };
  const trace = { kind: "trace", id: event.trace_id };
  const tool = { kind: "tool", id: event.tool_name };
  const policy = { kind: "policy", id: event.policy_digest };
  return {
    event: "session_event",
    ts: isZeroTime(event.created_at) ? ZERO_TIME : toUtc(event.created_at),
    ref: event.trace_id,
    relationship: relationshipFrom({
      parent: run,
      entities: [trace, tool, policy, evidence(sessionId)],
      policyRef: {},
      edges: [{ kind: "derived_from", from: trace, to: run }, {
        kind: "governed_by",
        from: tool,
        to: policy,
      }],
      parentRecordId: runId,
    }),
  };
}

function checkpointEmitted({ runId, checkpointIndex, now }: SealContext): TimelineEvent {
  const run = { kind: "run", id: runId };
  const ref = `checkpoint:${checkpointIndex}`;
  return {
    event: "session_checkpoint_emitted",
    ts: now,
    ref,
    relationship: relationshipFrom({
      parent: run,
      entities: [evidence(ref)],
      policyRef: {},
      edges: [{ kind: "emits_evidence", from: run, to: evidence(ref) }],
      parentRecordId: runId,
    }),
  };
}
