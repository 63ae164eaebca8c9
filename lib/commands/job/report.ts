import type { JsonObject } from "../../formats/json/mod.ts";
import { encodeJobCheckpoint, encodeJobState, type JobCheckpoint, type JobState } from "../../schema/job.ts";
import { pathArgument } from "../../formats/shell.ts";
import type { Files } from "../../effects/mod.ts";
import { EXIT, ifReadable } from "../../errors/mod.ts";
import { openDecisions } from "../../job/decisions.ts";
import { readFirstEvent } from "../../job/event_log.ts";
import { jobFolder } from "../../job/folder.ts";
import { giveTokenCommand, isBoundToKeys, mintCommand } from "../../job/signed_approval.ts";
import type { Finding } from "../../job/links.ts";
import { RESUMABLE } from "../../job/transitions.ts";
import { compact, type Outcome, verdict } from "../outcome.ts";
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
  /** What shows that state or log were edited, so that the job does not go on. */
  readonly findings?: readonly Finding[];
  /** Whether its decisions take signed approvals alone. */
  readonly signed?: boolean;
}

/** The outcome of a command about one job. One that was edited is never shown as fine: exit 2. */
export function jobOutcome(operation: string, { state, checkpoint, ...report }: JobReport): Outcome {
  const { warnings = [], json = {}, lines = [], findings = [], signed = false } = report;
  const edited = findings.length > 0;
  return verdict(!edited, EXIT.verificationFailed, {
    ...jobFields(operation),
    job_id: state.job_id,
    job: encodeJobState(state),
    ...(checkpoint && { checkpoint: encodeJobCheckpoint(checkpoint) }),
    ...compact({ warnings }),
    ...json,
    ...compact({ findings: findings.map(encodeFinding) }),
  }, [
    line(
      bold(`job ${operation}`),
      `: id=${state.job_id} status=`,
      edited ? bad(state.status) : styledStatus(state.status),
      ` stop_reason=${state.stop_reason} reason_code=${state.status_reason_code}`,
    ),
    ...(checkpoint === undefined ? [] : [checkpointLine(checkpoint)]),
    ...lines,
    ...findings.map(findingLine),
    ...warningLines(warnings),
    ...(edited
      ? nextLines([`gait job verify --id ${pathArgument(state.job_id)}`])
      : resumeLines(operation, state, checkpoint, signed)),
  ]);
}

/** Whether the next steps of a job are signatures of its decisions; only one that waits for them is looked at. */
export async function takesSigned(
  { id, root }: { readonly id: string; readonly root: string },
  state: JobState,
  { files }: { readonly files: Files },
): Promise<{ readonly signed: boolean }> {
  if (!isHeldUp(state) || openDecisions(state).length === 0) return { signed: false };
  const submitted = await ifReadable(() => readFirstEvent(jobFolder(root, id), files));
  return { signed: submitted !== undefined && isBoundToKeys([submitted]) };
}

function isHeldUp({ status }: JobState): boolean {
  return (RESUMABLE as readonly string[]).includes(status);
}

/** What a job that is held up needs next: an approval of each open decision, then to be resumed. */
function resumeLines(
  operation: string,
  state: JobState,
  shown: JobCheckpoint | undefined,
  signed: boolean,
): Line[] {
  // A command that failed is an error, with a next step of its own.
  if (operation === "run" || !isHeldUp(state)) return [];
  const open = openDecisions(state);
  const id = pathArgument(state.job_id);
  return [
    ...open.filter(({ checkpoint_id }) => checkpoint_id !== shown?.checkpoint_id).map(checkpointLine),
    ...nextLines(
      open.length === 0
        ? [`gait job resume --id ${id}`]
        : open.flatMap((decision) =>
          signed
            ? [mintCommand(state, decision), giveTokenCommand(state, decision)]
            : [`gait job approve --id ${id} --checkpoint ${decision.checkpoint_id} --actor <name>`]
        ),
    ),
  ];
}

/** What does not fit of a job that was edited, or whose change is not finished. */
type ShownFinding = Omit<Finding, "code"> & { readonly code: string };

/** One checkpoint, for people. */
export function checkpointLine(checkpoint: JobCheckpoint): Line {
  const { checkpoint_id, type, summary, required_action } = checkpoint;
  const action = required_action === "" ? "" : ` (required: ${required_action})`;
  return line(`checkpoint: ${checkpoint_id} (${type}) ${summary}${action}`);
}

/** Something that does not fit, for machines and for people. */
export function encodeFinding({ code, line, revision, text }: ShownFinding): JsonObject {
  return { code, ...(line && { line }), ...(revision && { revision }), message: text };
}

export function findingLine({ code, text }: ShownFinding): Line {
  return line(bad(code), `: ${text}`);
}

/** A status, coloured by whether the job can proceed. */
export function styledStatus(status: string) {
  if (status === "running" || status === "completed") return good(status);
  return status === "emergency_stopped" || status === "blocked" ? bad(status) : warn(status || "unknown");
}
