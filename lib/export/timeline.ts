import type { ZipArchive } from "../formats/zip/mod.ts";
import type { JsonObject } from "../formats/json/mod.ts";
import { parseTime, type Rfc3339, toUtc } from "../formats/time.ts";
import { PACK_ENTRY } from "../schema/pack_layout.ts";
import { readJobEvents } from "../pack/contracts/job.ts";
import { openPack } from "../pack/open.ts";
import { scanRunpack } from "../pack/scan_runpack.ts";

/** One tool call in the evidence. */
export interface ToolCall {
  readonly intentId: string;
  /** Empty for a result without an intent. */
  readonly toolName: string;
  /** Time of the intent, if any. */
  readonly requestedAt?: Rfc3339;
  /** Its outcome, if any. */
  readonly outcome?: CallOutcome;
}

export interface CallOutcome {
  readonly at: Rfc3339;
  readonly status: string;
  readonly verdict: string;
  readonly reasonCodes: readonly string[];
}

/** An event of a job. */
export interface JobTimelineEvent {
  readonly at: Rfc3339;
  readonly type: string;
  readonly actor: string;
  readonly reasonCode: string;
  readonly revision: number;
}

/** The timeline of a pack: calls in order of their intents, then job events. */
export interface Timeline {
  readonly calls: readonly ToolCall[];
  readonly jobEvents: readonly JobTimelineEvent[];
}

/**
 * Read the timeline of an intact pack or runpack. Arguments and payloads are omitted, because telemetry must not
 * spread them.
 *
 * @throws {GaitError} as reading does
 */
export async function readTimeline(bytes: Uint8Array<ArrayBuffer>): Promise<Timeline> {
  const opened = await openPack(bytes);
  if (opened.kind === "runpack") return { calls: await callsOf(bytes), jobEvents: [] };
  const { archive } = opened;
  const calls = archive.has(PACK_ENTRY.runpack) ? await callsOf(await archive.read(PACK_ENTRY.runpack)) : [];
  return { calls, jobEvents: archive.has(PACK_ENTRY.jobEvents) ? await jobEventsOf(archive) : [] };
}

async function callsOf(bytes: Uint8Array<ArrayBuffer>): Promise<ToolCall[]> {
  const requested: { id: string; tool: string; at: Rfc3339 }[] = [];
  const outcomes = new Map<string, CallOutcome>();
  await scanRunpack(bytes, {
    intent: ({ intent_id, tool_name, created_at }) =>
      void requested.push({ id: intent_id, tool: tool_name, at: utcOf(created_at) }),
    result: ({ intent_id, status, created_at, result }) =>
      void outcomes.set(intent_id, { at: utcOf(created_at), status, ...verdictOf(result) }),
  });
  const calls: ToolCall[] = requested.map(({ id, tool, at }) => {
    const outcome = outcomes.get(id);
    return { intentId: id, toolName: tool, requestedAt: at, ...(outcome ? { outcome } : {}) };
  });
  const known = new Set(requested.map(({ id }) => id));
  for (const [intentId, outcome] of outcomes) {
    if (!known.has(intentId)) calls.push({ intentId, toolName: "", outcome });
  }
  return calls;
}

function verdictOf(result: JsonObject | null | undefined): Pick<CallOutcome, "verdict" | "reasonCodes"> {
  const { verdict, reason_codes: codes } = result ?? {};
  return {
    verdict: typeof verdict === "string" ? verdict.trim() : "",
    reasonCodes: Array.isArray(codes) ? codes.filter((code) => typeof code === "string") : [],
  };
}

async function jobEventsOf(archive: ZipArchive): Promise<JobTimelineEvent[]> {
  const jobEvents: JobTimelineEvent[] = [];
  for await (const { created_at, type, actor, reason_code, revision } of readJobEvents(archive)) {
    jobEvents.push({ at: toUtc(created_at), type, actor, reasonCode: reason_code, revision });
  }
  return jobEvents;
}

function utcOf(time: string): Rfc3339 {
  return toUtc(parseTime(time));
}
