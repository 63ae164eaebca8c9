import * as v from "valibot";
import type { JsonObject } from "../formats/json/mod.ts";
import {
  anyObject,
  integer,
  integersIn,
  jobCondition,
  listOf,
  object,
  omitEmpty,
  strictObject,
  text,
  texts,
  time,
} from "./fields.ts";

/*
 * The records of a durable job (docs/spec/job.md section 2). A job folder is read leniently, since newer programs may add
 * members; a job pack is read strictly (docs/spec/pack.md 4.1).
 */

/** Possible statuses of a job. */
export const JOB_STATUSES = [
  "running",
  "paused",
  "decision_needed",
  "blocked",
  "completed",
  "cancelled",
  "emergency_stopped",
] as const;

export type JobStatus = typeof JOB_STATUSES[number];

export const JOB_SCHEMA_ID = {
  state: "gait.job.runtime",
  event: "gait.job.event",
  pending: "gait.job.pending_mutation",
} as const;

const checkpoint = {
  checkpoint_id: text,
  created_at: time,
  type: text,
  summary: text,
  required_action: text,
  reason_code: text,
  actor: text,
};

const approval = { created_at: time, actor: text, reason: text };

/** An approval in a folder names the decision that it is for; packs leave that to the event. */
const boundApproval = { ...approval, checkpoint_id: v.nullish(v.string()) };

const state = {
  schema_id: text,
  schema_version: text,
  created_at: time,
  updated_at: time,
  producer_version: text,
  ...jobCondition,
  safety_invariants: texts,
  policy_digest: text,
  policy_ref: text,
  identity: text,
  revision: integer,
};

const event = {
  schema_id: text,
  schema_version: text,
  created_at: time,
  job_id: text,
  revision: integer,
  type: text,
  actor: text,
  reason_code: text,
  payload: anyObject,
};

/** The state of a job as its folder holds it, with the running digest of its log (docs/spec/job.md 2.5). */
export const jobStateSchema = v.pipe(
  integersIn("revision"),
  object({
    ...state,
    checkpoints: listOf(object(checkpoint)),
    approvals: listOf(object(boundApproval)),
    log_digest: v.nullish(v.string()),
  }),
);

/** The state of a job as a pack holds it. */
export const strictJobStateSchema = v.pipe(
  integersIn("revision"),
  strictObject({
    ...state,
    checkpoints: listOf(strictObject(checkpoint)),
    approvals: listOf(strictObject(approval)),
  }),
);

/** What an event in a folder is linked by; packs, which are sealed, leave it out. */
const eventLinks = { prev_digest: v.nullish(v.string()), state_digest: v.nullish(v.string()) };

/** An event of a job as its folder holds it. */
export const jobEventSchema = v.pipe(integersIn("revision"), object({ ...event, ...eventLinks }));

/** An event of a job as a pack holds it. */
export const strictJobEventSchema = v.pipe(integersIn("revision"), strictObject(event));

export type JobState = v.InferOutput<typeof jobStateSchema>;
export type JobEvent = v.InferOutput<typeof jobEventSchema>;
export type JobCheckpoint = JobState["checkpoints"][number];
export type JobApproval = JobState["approvals"][number];

/** Members of a state that a writer omits if they are empty. */
export const JOB_STATE_OPTIONAL = [
  "safety_invariant_version",
  "safety_invariant_hash",
  "safety_invariants",
  "policy_digest",
  "policy_ref",
  "identity",
  "approvals",
  "log_digest",
] as const;

/** Members of an event that a writer omits if they are empty. */
export const JOB_EVENT_OPTIONAL = ["actor", "reason_code", "payload", "prev_digest", "state_digest"] as const;

/** A state as its folder and output have it. */
export function encodeJobState(job: JobState): JsonObject {
  const checkpoints = job.checkpoints.map(encodeJobCheckpoint);
  const approvals = job.approvals.map((item) => omitEmpty(item, "checkpoint_id"));
  return omitEmpty({ ...job, checkpoints, approvals }, ...JOB_STATE_OPTIONAL);
}

/** A state as packs have it, whose readers refuse members that they don't know. */
export function encodePackedJobState(job: JobState): JsonObject {
  const approvals = job.approvals.map(({ created_at, actor, reason }) => ({ created_at, actor, reason }));
  return encodeJobState({ ...job, approvals, log_digest: undefined });
}

/** By hand, because a job may have very many. */
export function encodeJobCheckpoint(checkpoint: JobCheckpoint): JsonObject {
  const { checkpoint_id, created_at, type, summary, required_action, reason_code, actor } = checkpoint;
  const encoded: JsonObject = { checkpoint_id, created_at, type, summary };
  if (required_action !== "") encoded.required_action = required_action;
  encoded.reason_code = reason_code;
  if (actor !== "") encoded.actor = actor;
  return encoded;
}

export function encodeJobEvent({ payload, prev_digest, state_digest, ...head }: JobEvent): JsonObject {
  return omitEmpty(
    { ...head, ...(payload && { payload }), prev_digest, state_digest },
    ...JOB_EVENT_OPTIONAL,
  );
}

/** An event as packs have it, whose readers refuse members that they don't know. */
export function encodePackedJobEvent({ prev_digest: _p, state_digest: _s, ...event }: JobEvent): JsonObject {
  return encodeJobEvent(event);
}
