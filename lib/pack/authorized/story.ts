import type { JsonObject } from "../../formats/json/mod.ts";
import { compact } from "../../formats/json/mod.ts";
import type { Rfc3339 } from "../../formats/time.ts";
import type { ZipArchive } from "../../formats/zip/mod.ts";
import { type DecidedTrace, inDecisionOrder } from "../../gate/trace/decided.ts";
import { ALLOWED, isNotExecuted } from "../../schema/gate_result.ts";
import { encodeRunAuthorization } from "../../schema/run_authorization.ts";
import { delegationIdsIn, tokenIdsIn } from "./check_grants.ts";
import { type HeldEvidence, readHeld } from "./held.ts";
import { readRun, type RunResult } from "./verify.ts";

/** One decision: what was asked, what was decided, who approved it, what was done. */
export interface DecisionRow {
  /** Absent when the run has no such call: it was asked, and never made. */
  readonly intentId?: string;
  readonly toolName: string;
  readonly verdict: string;
  readonly decidedAt: Rfc3339;
  readonly traceId: string;
  readonly policyDigest: string;
  readonly violations: readonly string[];
  readonly approvedBy: readonly { readonly approver: string; readonly reasonCode: string }[];
  readonly delegatedBy: readonly string[];
  readonly credential?: { readonly broker: string; readonly ref: string };
  readonly done: Done;
  /** The status of its result; empty when there is none. */
  readonly status: string;
}

/** Whether a call was made; `unknown` when nobody reported what became of an allowed call. */
export type Done = "executed" | "not_executed" | "unknown";

/** The decisions about a run in their order. Nothing is verified; what can't be read is left out. */
export async function readDecisions(archive: ZipArchive): Promise<DecisionRow[]> {
  const held = await readHeld(archive);
  const { calls, results } = await readRun(archive);
  const known = new Set(calls.map(({ intentId }) => intentId));
  const idOf = new Map(
    held.index.calls.flatMap(({ intent_id, trace_path }) =>
      known.has(intent_id) ? [[trace_path, intent_id] as const] : []
    ),
  );
  const resultsOf = Map.groupBy(results, ({ intentId }) => intentId);
  const of = {
    approvals: Map.groupBy(held.approvals, ({ value }) => value.tokenId),
    delegations: Map.groupBy(held.delegations, ({ value }) => value.tokenId),
    credentials: Map.groupBy(held.credentials, ({ value }) => value.trace_id),
  };
  return inDecisionOrder([...held.traces], ([, trace]) => trace).map(([path, trace]) => {
    const intentId = idOf.get(path);
    return rowOf(of, trace, intentId, intentId === undefined ? [] : resultsOf.get(intentId) ?? []);
  });
}

/** Evidence by the id that a trace names it by. */
interface EvidenceById {
  readonly approvals: ReadonlyMap<string, HeldEvidence["approvals"]>;
  readonly delegations: ReadonlyMap<string, HeldEvidence["delegations"]>;
  readonly credentials: ReadonlyMap<string, HeldEvidence["credentials"]>;
}

function rowOf(
  of: EvidenceById,
  trace: DecidedTrace,
  intentId: string | undefined,
  results: readonly RunResult[],
): DecisionRow {
  const { record } = trace;
  const approvals = record.verdict === "allow" ? tokenIdsIn(record.approval_token_ref) : [];
  const delegations = record.verdict === "allow" ? delegationIdsIn(trace) : [];
  const credential = of.credentials.get(record.trace_id)?.[0]?.value;
  return {
    ...(intentId === undefined ? {} : { intentId }),
    toolName: record.tool_name,
    verdict: trace.simulated ? "simulated" : record.verdict,
    decidedAt: record.observed_at,
    traceId: record.trace_id,
    policyDigest: record.policy_digest,
    violations: record.violations,
    approvedBy: approvals.flatMap((id) => of.approvals.get(id) ?? []).map(({ value }) => ({
      approver: value.approver,
      reasonCode: value.reasonCode,
    })),
    delegatedBy: delegations.flatMap((id) => of.delegations.get(id) ?? []).map(({ value }) =>
      value.delegator
    ),
    ...(credential ? { credential: { broker: credential.broker, ref: credential.credential_ref } } : {}),
    done: doneOf(results),
    status: results.at(-1)?.status ?? "",
  };
}

/** One result that says so is enough: a call was executed. */
function doneOf(results: readonly RunResult[]): Done {
  if (results.length === 0) return "not_executed";
  const executed = results.filter(({ status }) => !isNotExecuted(status));
  if (executed.length === 0) return "not_executed";
  return executed.every(({ status }) => status === ALLOWED) ? "unknown" : "executed";
}

/** What `pack inspect` shows of the authorization of a run (docs/spec/pack.md section 5). */
export async function authorizationView(archive: ZipArchive): Promise<JsonObject> {
  const { index } = await readHeld(archive);
  return {
    run_authorization: encodeRunAuthorization(index),
    decisions: (await readDecisions(archive)).map(encodeDecision),
  };
}

function encodeDecision(row: DecisionRow): JsonObject {
  return compact({
    intent_id: row.intentId,
    tool_name: row.toolName,
    verdict: row.verdict,
    decided_at: row.decidedAt,
    trace_id: row.traceId,
    policy_digest: row.policyDigest,
    violations: [...row.violations],
    approved_by: row.approvedBy.map(({ approver, reasonCode }) => ({ approver, reason_code: reasonCode })),
    delegated_by: [...row.delegatedBy],
    credential: row.credential && { ...row.credential },
    done: row.done,
    status: row.status,
  });
}
