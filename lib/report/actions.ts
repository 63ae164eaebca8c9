import { compareBytewise, uniqueSorted } from "../formats/bytes.ts";
import { trim, trimLower } from "../formats/text.ts";
import { isKnownTime, type Rfc3339 } from "../formats/time.ts";
import { folderOf } from "../formats/path.ts";
import type { Runpack } from "../runpack/read.ts";
import type { TopAction } from "../schema/report.ts";
import { type TraceRecord, verdictThatCounts } from "../schema/trace_record.ts";
import type { Relationship } from "../schema/relationship.ts";
import { CLASS_WEIGHT, plainWord, radiusOfReceipts, radiusOfTrace, toolClass } from "./risk.ts";

/** An action with the values it can be grouped by; its rank is assigned after sorting. */
export interface Action {
  readonly entry: Omit<TopAction, "rank">;
  /** The time of the action; absent when no record states one. */
  readonly time: Rfc3339 | undefined;
  readonly identity: string;
  readonly workspace: string;
}

/** The actions of one artifact. */
export interface FoundActions {
  readonly runId: string;
  readonly actions: readonly Action[];
}

/** Placeholder for an id or identity that no record states. */
export const UNKNOWN = "unknown";

/** The actions of a run: one for each call with a tool. */
export async function actionsOfRunpack(pack: Runpack, path: string): Promise<FoundActions> {
  const runId = trim(pack.run.run_id);
  const radiusOf = await radiusOfReceipts(pack.refs.receipts);
  const statuses = new Map(pack.results.map(({ intent_id: id, status }) => [trim(id), status]));
  const chains = (pack.run.timeline ?? []).map(({ relationship }) => relationship);
  const about = {
    time: isKnownTime(pack.run.created_at) ? pack.run.created_at : undefined,
    identity: chains.map(requesterIn).find((identity) => identity !== UNKNOWN) ?? UNKNOWN,
    workspace: workspaceOf(path),
  };
  const codesOf = new Map<string | undefined, string[]>();
  for (const status of new Set([undefined, ...statuses.values()])) {
    codesOf.set(status, await resultCodes(status));
  }
  const actions: Action[] = [];
  for (const intent of pack.intents) {
    const toolName = trim(intent.tool_name);
    if (toolName === "") continue;
    const intentId = trim(intent.intent_id);
    actions.push({
      ...about,
      entry: scored({
        tool_class: toolClass(toolName),
        blast_radius: radiusOf(intentId),
        run_id: runId,
        intent_id: intentId,
        tool_name: toolName,
        reason_codes: codesOf.get(statuses.get(intentId))!,
        source_type: "runpack",
        source_artifact: path,
      }),
    });
  }
  return { runId, actions };
}

async function resultCodes(status: string | undefined): Promise<string[]> {
  if (status === undefined) return [];
  const word = await plainWord(trimLower(status));
  return word === "ok" || word === "success" ? [] : [`result_status_${word}`];
}

/** The action of a trace; none without a tool. */
export async function actionsOfTrace(trace: TraceRecord, path: string): Promise<FoundActions> {
  const traceId = trim(trace.trace_id);
  const runId = runIdIn(trace.correlation_id) ?? runIdIn(traceId) ?? UNKNOWN;
  const toolName = trim(trace.tool_name);
  if (toolName === "") return { runId, actions: [] };
  const verdict = await plainWord(trimLower(verdictThatCounts(trace)));
  const violations: string[] = [];
  for (const violation of trace.violations) {
    violations.push(`violation_${await plainWord(trimLower(violation))}`);
  }
  const time = [trace.observed_at, trace.created_at].find(isKnownTime);
  return {
    runId,
    actions: [{
      time,
      identity: requesterIn(trace.relationship),
      workspace: trace.relationship?.entity_refs.find(({ kind }) => kind === "workspace")?.id ||
        workspaceOf(path),
      entry: scored({
        tool_class: toolClass(toolName),
        blast_radius: radiusOfTrace(toolName, trace.violations),
        run_id: runId,
        intent_digest: trimLower(trace.intent_digest),
        trace_id: traceId,
        tool_name: toolName,
        verdict,
        reason_codes: uniqueSorted([
          ...(verdict === "allow" ? [] : [`trace_verdict_${verdict}`]),
          ...violations,
        ]),
        source_type: "trace",
        source_artifact: path,
      }),
    }],
  };
}

function runIdIn(text: string): string | undefined {
  return /run_[A-Za-z0-9_-]+/.exec(text)?.[0];
}

function requesterIn(relationship: Relationship | null | undefined): string {
  return relationship?.agent_chain.find(({ role }) => role === "requester")?.identity || UNKNOWN;
}

/** The workspace of an artifact: the parent of its `gait-out` folder, else the folder of the file. */
function workspaceOf(path: string): string {
  const folder = folderOf(path);
  const parts = folder.split("/");
  const at = parts.indexOf("gait-out");
  return at < 0 ? folder : parts.slice(0, at).join("/") || (folder.startsWith("/") ? "/" : ".");
}

/** Points of a verdict. */
const VERDICT_POINTS: Readonly<Record<string, number>> = { block: 15, require_approval: 12, error: 8 };

/** Words in a reason code that double its points. */
const GRAVE = ["violation_", "blocked", "approval", "destructive", "credential", "prompt_injection"];

function scored(action: Omit<TopAction, "rank" | "score">): Action["entry"] {
  const verdict = action.verdict ?? "";
  const points = (action.reason_codes ?? []).map((code) => GRAVE.some((word) => code.includes(word)) ? 2 : 1);
  const score = CLASS_WEIGHT[action.tool_class] * 100 + action.blast_radius * 10 +
    (Object.hasOwn(VERDICT_POINTS, verdict) ? VERDICT_POINTS[verdict]! : 0) +
    points.reduce<number>((sum, each) => sum + each, 0);
  return { score, ...action };
}

/**
 * Sort by risk, highest first; ties are ordered by their ids, so that the ranking does not depend on the order of the
 * input.
 */
export function compareActions({ entry: left }: Action, { entry: right }: Action): number {
  return right.score - left.score ||
    CLASS_WEIGHT[right.tool_class] - CLASS_WEIGHT[left.tool_class] ||
    right.blast_radius - left.blast_radius ||
    compareTies(left, right);
}

/** A loop, because most actions of many runs have the same score. */
function compareTies(left: Action["entry"], right: Action["entry"]): number {
  for (const member of TIE_MEMBERS) {
    const [a, b] = [left[member] ?? "", right[member] ?? ""];
    if (a !== b) return compareBytewise(a, b);
  }
  return 0;
}

const TIE_MEMBERS = [
  "run_id",
  "intent_id",
  "intent_digest",
  "trace_id",
  "tool_name",
  "source_type",
  "source_artifact",
] as const;
