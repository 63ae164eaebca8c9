import type { JsonObject } from "../../formats/json/mod.ts";
import { encodeJobCheckpoint, encodeJobState, type JobCheckpoint, type JobState } from "../../schema/job.ts";
import { pathArgument } from "../../formats/shell.ts";
import { openDecisions } from "../../job/decisions.ts";
import type { Finding } from "../../job/links.ts";
import { RESUMABLE } from "../../job/transitions.ts";
import { compact, type Outcome, success } from "../outcome.ts";
import { bad, bold, good, type Line, line, nextLines, warn, warningLines } from "../text.ts";

/** The members that identify the output of a job command (docs/spec/job.md 1.1). */
export function jobFields(operation: string): JsonObject {
  return { schema_id: "gait.job.output", schema_version: "1.0.0", operation };
}

/** What a command reports about a job. */
export interface JobReport {
  readonly state: JobState;
  readonly warnings?: readonly string[];
  readonly checkpoint?: JobCheckpoint;
  /** Further members of the JSON object. */
  readonly json?: JsonObject;
  readonly lines?: readonly Line[];
  /** Whether state or log were edited, so that the job does not go on. */
  readonly edited?: boolean;
}

/** The outcome of a command about one job. */
export function jobOutcome(operation: string, { state, checkpoint, ...report }: JobReport): Outcome {
  const { warnings = [], json = {}, lines = [], edited = false } = report;
  return success({
    ...jobFields(operation),
    job_id: state.job_id,
    job: encodeJobState(state),
    ...(checkpoint && { checkpoint: encodeJobCheckpoint(checkpoint) }),
    ...compact({ warnings }),
    ...json,
  }, [
    line(
      bold(`job ${operation}`),
      `: id=${state.job_id} status=`,
      styledStatus(state.status),
      ` stop_reason=${state.stop_reason} reason_code=${state.status_reason_code}`,
    ),
    ...(checkpoint === undefined ? [] : [checkpointLine(checkpoint)]),
    ...lines,
    ...warningLines(warnings),
    ...(edited
      ? nextLines([`gait job verify --id ${pathArgument(state.job_id)}`])
      : resumeLines(operation, state, checkpoint)),
  ]);
}

/** What a job that is held up needs next: an approval of each open decision, then to be resumed. */
function resumeLines(operation: string, state: JobState, shown: JobCheckpoint | undefined): Line[] {
  // A command that failed is an error, with a next step of its own.
  if (operation === "run" || !(RESUMABLE as readonly string[]).includes(state.status)) return [];
  const open = openDecisions(state);
  const id = pathArgument(state.job_id);
  return [
    ...open.filter(({ checkpoint_id }) => checkpoint_id !== shown?.checkpoint_id).map(checkpointLine),
    ...nextLines(
      open.length === 0
        ? [`gait job resume --id ${id}`]
        : open.map(({ checkpoint_id }) =>
          `gait job approve --id ${id} --checkpoint ${checkpoint_id} --actor <name>`
        ),
    ),
  ];
}

/** One checkpoint, for people. */
export function checkpointLine(checkpoint: JobCheckpoint): Line {
  const { checkpoint_id, type, summary, required_action } = checkpoint;
  const action = required_action === "" ? "" : ` (required: ${required_action})`;
  return line(`checkpoint: ${checkpoint_id} (${type}) ${summary}${action}`);
}

/** Something that does not fit, for machines and for people. */
export function encodeFinding({ code, line, revision, text }: Finding): JsonObject {
  return { code, ...(line && { line }), ...(revision && { revision }), message: text };
}

export function findingLine({ code, text }: Finding): Line {
  return line(bad(code), `: ${text}`);
}

/** A status, coloured by whether the job can proceed. */
export function styledStatus(status: string) {
  if (status === "running" || status === "completed") return good(status);
  return status === "emergency_stopped" || status === "blocked" ? bad(status) : warn(status || "unknown");
}
