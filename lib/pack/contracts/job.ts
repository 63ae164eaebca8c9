import { readJsonLinesOf } from "../../formats/json/mod.ts";
import { isZeroTime } from "../../formats/time.ts";
import type { ZipArchive } from "../../formats/zip/mod.ts";
import { decode } from "../../schema/fields.ts";
import { type JobPayload, jobPayloadSchema } from "../../schema/pack.ts";
import { PACK_ENTRY, PACK_SCHEMA_ID } from "../../schema/pack_layout.ts";
import {
  JOB_STATUSES,
  type JobEvent,
  type JobState,
  strictJobEventSchema,
  strictJobStateSchema,
} from "../../schema/job.ts";
import { RECORD_VERSION } from "../../schema/runpack_layout.ts";
import { isDigestForm } from "../manifest.ts";
import { type Contract, decodeDocument, demand, demandEntries } from "./contract.ts";

/** Read the payload of a job pack, checking its form but not its values. */
export async function readJobPayload(archive: ZipArchive): Promise<JobPayload> {
  return await decodeDocument(archive, PACK_ENTRY.jobPayload, jobPayloadSchema);
}

/** Read the state of a job pack, strictly in its form. */
export async function readJobState(archive: ZipArchive): Promise<JobState> {
  return await decodeDocument(archive, PACK_ENTRY.jobState, strictJobStateSchema, "exact");
}

/** Read the events of a job pack one by one, strictly in their form. */
export async function* readJobEvents(archive: ZipArchive): AsyncGenerator<JobEvent> {
  const what = PACK_ENTRY.jobEvents;
  const strictly = { duplicates: "refuse", numbers: "exact" } as const;
  for await (const { line, value } of readJsonLinesOf(archive.chunks(what), what, strictly)) {
    yield decode(strictJobEventSchema, value, `${what}, line ${line}`);
  }
}

/** The contract of a job pack. */
const checkJob: Contract = async (archive, { source_ref }) => {
  demandEntries(archive, [PACK_ENTRY.jobPayload, PACK_ENTRY.jobState, PACK_ENTRY.jobEvents]);
  const payload = await readJobPayload(archive);
  const must = (holds: boolean, reason: string) => demand(holds, PACK_ENTRY.jobPayload, reason);
  must(
    payload.schema_id === PACK_SCHEMA_ID.job && payload.schema_version === RECORD_VERSION,
    `it is "${payload.schema_id}" ${payload.schema_version}`,
  );
  must(!isZeroTime(payload.created_at), "created_at is missing");
  checkStatus(payload, PACK_ENTRY.jobPayload);
  must(payload.checkpoint_count >= 0 && payload.approval_count >= 0, "a count is negative");
  const state = await readJobState(archive);
  checkStatus(state, PACK_ENTRY.jobState);
  must(payload.job_id === source_ref.trim(), "job_id is not the source_ref of the manifest");
  demand(state.job_id === payload.job_id, PACK_ENTRY.jobState, "job_id is not that of the payload");
  must(payload.checkpoint_count === state.checkpoints.length, "checkpoint_count is not that of the state");
  must(payload.approval_count === state.approvals.length, "approval_count is not that of the state");
  for await (const event of readJobEvents(archive)) {
    demand(event.job_id.trim() === payload.job_id, PACK_ENTRY.jobEvents, "an event is of another job");
  }
  return [];
};

/** Check the members that payload and state share. */
function checkStatus(job: JobPayload | JobState, what: string): void {
  const must = (holds: boolean, reason: string) => demand(holds, what, reason);
  must(job.job_id.trim() !== "", "job_id is missing");
  must((JOB_STATUSES as readonly string[]).includes(job.status), `status "${job.status}" is unknown`);
  must(job.stop_reason.trim() !== "", "stop_reason is missing");
  must(job.status_reason_code.trim() !== "", "status_reason_code is missing");
  must(job.environment_fingerprint.trim() !== "", "environment_fingerprint is missing");
  must(
    job.safety_invariant_version.trim() === "" || isDigestForm(job.safety_invariant_hash),
    "safety_invariant_hash must be 64 hex digits",
  );
}

export default checkJob;
