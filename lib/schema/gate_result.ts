import type * as v from "valibot";
import { anyObject, artifactHead, object, text } from "./fields.ts";

export const GATE_RESULT_SCHEMA_ID = "gait.gate.result";

/** What became of a call that the gate decided, as its caller reports it (docs/spec/gate.md 5.4). */
export const gateResultSchema = object({
  ...artifactHead,
  trace_id: text,
  event_id: text,
  status: text,
  result_digest: text,
  result: anyObject,
});

export type GateResult = v.InferOutput<typeof gateResultSchema>;

/**
 * Statuses of results that say that the call was not executed; every other status says that it was. The verdicts that
 * stop a call are among them, because recorders of guards and of Python give those.
 */
export const NOT_EXECUTED = [
  "blocked",
  "block",
  "approval_required",
  "require_approval",
  "dry_run",
  "not_executed",
] as const;

/** Status of a call that was allowed when nobody reported what became of it. */
export const ALLOWED = "allowed";

/** Whether a status says that the call was not executed. An unknown word counts as executed, so that it needs an allow. */
export function isNotExecuted(status: string): boolean {
  return (NOT_EXECUTED as readonly string[]).includes(status.trim().toLowerCase());
}
