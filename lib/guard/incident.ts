import type { GenericSchema, InferOutput } from "valibot";
import type { Files } from "../effects/types.ts";
import { GaitError, invalidOption } from "../errors/mod.ts";
import { compareBytewise } from "../formats/bytes.ts";
import { parseDuration } from "../formats/duration.ts";
import { folderOf } from "../formats/path.ts";
import { trim } from "../formats/text.ts";
import { compareInstants, parseTime, type Rfc3339, unixNanos } from "../formats/time.ts";
import { GUARD_ENTRY, type GuardManifest } from "../schema/guard.ts";
import { type BuiltEvidencePack, type EvidencePackOptions, type LocatedRun, packEvidence } from "./build.ts";
import { filesNamed } from "./discover.ts";
import { fileOf } from "./evidence_files.ts";
import {
  APPROVAL,
  CREDENTIAL,
  type Evidence,
  type EvidenceKind,
  type ReadEvidence,
  readEvidenceFile,
  REGRESS,
  TRACE,
} from "./read_evidence.ts";

const NANOS = 1_000_000_000n;

/** The time window around a run from which evidence is selected; both ends are inclusive. */
export interface IncidentWindow {
  readonly from: Rfc3339;
  readonly to: Rfc3339;
  readonly nanoseconds: bigint;
}

/** What was packed for an incident. */
export interface BuiltIncidentPack extends BuiltEvidencePack {
  readonly window: IncidentWindow;
  readonly policyDigests: readonly string[];
  /** How many files of each kind were selected. */
  readonly counts: {
    readonly traces: number;
    readonly regress: number;
    readonly approvals: number;
    readonly credentials: number;
  };
}

const DAY = 86_400n * NANOS;

/**
 * The window around a run (docs/spec/guard.md section 3): the duration applies to both sides; 24 hours if it is not
 * positive.
 *
 * @throws {GaitError} `invalid_input` for a malformed duration, or if the window goes beyond the years 0000 to 9999
 */
export function incidentWindow(anchor: Rfc3339, duration: string): IncidentWindow {
  const given = parseDuration(trim(duration));
  if (given === undefined) {
    throw invalidOption(
      (name) => `Cannot use ${name("window")} "${duration}"`,
      () => "Give a duration such as 24h or 1h30m",
    );
  }
  const nanoseconds = given > 0n ? given : DAY;
  return { from: shifted(anchor, -nanoseconds), to: shifted(anchor, nanoseconds), nanoseconds };
}

/**
 * Build the evidence pack of an incident: the files that lie in the window and belong to the run (docs/spec/guard.md
 * section 3). Only the runpack's own folder is searched. Files that can't be read are left out (compatibility: recorded),
 * and each is named in a warning: whoever tears a trace must not take it out of the story without a word.
 */
export async function buildIncidentPack(
  run: LocatedRun,
  window: IncidentWindow,
  options: EvidencePackOptions,
  files: Files,
): Promise<BuiltIncidentPack> {
  const { evidence, warnings } = await selectEvidence(folderOf(run.path), window, files);
  const digests = evidence.traces.map(({ record }) => record.policy_digest).filter((text) =>
    trim(text) !== ""
  );
  const policyDigests = [...new Set(digests)].sort(compareBytewise);
  const runId = run.runpack.manifest.run_id;
  const { from, to, nanoseconds } = window;
  const incident: NonNullable<GuardManifest["incident_window"]> = {
    from,
    to,
    window_seconds: Number(nanoseconds / NANOS),
    selection_anchor: runId,
  };
  const listed = { run_id: runId, window_from: from, window_to: to, policy_digests: policyDigests };
  const built = await packEvidence(run, evidence, options, {
    files: [fileOf(GUARD_ENTRY.policyDigests, listed)],
    incidentWindow: incident,
  });
  return {
    ...built,
    warnings: [...built.warnings, ...warnings],
    window,
    policyDigests,
    counts: {
      traces: evidence.traces.length,
      regress: evidence.regress.length,
      approvals: evidence.approvals.length,
      credentials: evidence.credentials.length,
    },
  };
}

/** More files than this are counted. */
const NAMED_FILES = 20;

async function selectEvidence(
  folder: string,
  window: IncidentWindow,
  files: Files,
): Promise<{ readonly evidence: Evidence; readonly warnings: readonly string[] }> {
  const leftOut: string[] = [];
  const within = async <S extends GenericSchema<unknown, { created_at: Rfc3339 }>>(
    start: string,
    kind: EvidenceKind<S>,
  ) => {
    const found: ReadEvidence<InferOutput<S>>[] = [];
    for (const path of await filesNamed(folder, start, ".json", files)) {
      // A link or a pipe is not accepted as a record: anyone who can place one could choose what is read.
      if ((await files.stat(path))?.kind !== "file") {
        leftOut.push(`"${path}" is left out: it is not a regular file`);
        continue;
      }
      try {
        const read = await readEvidenceFile(path, kind, files);
        if (isWithin(read.record.created_at, window)) found.push(read);
      } catch (error) {
        if (!(error instanceof GaitError)) throw error;
        leftOut.push(`"${path}" is left out: ${error.message}`);
      }
    }
    return found;
  };
  const traces = await within("trace_", TRACE);
  const regress = await within("regress", REGRESS);
  const ids = new Set(traces.map(({ record }) => record.trace_id));
  // Without a trace there is nothing to match records against, so all records in the window are taken.
  const belongs = ({ record }: ReadEvidence<{ trace_id: string }>) =>
    ids.size === 0 || ids.has(record.trace_id);
  const evidence = {
    traces,
    regress,
    approvals: (await within("approval_audit_", APPROVAL)).filter(belongs),
    credentials: (await within("credential_evidence_", CREDENTIAL)).filter(belongs),
    inventories: [],
  };
  const more = leftOut.length - NAMED_FILES;
  return {
    evidence,
    warnings: [...leftOut.slice(0, NAMED_FILES), ...(more > 0 ? [`${more} more files are left out`] : [])],
  };
}

function isWithin(time: Rfc3339, { from, to }: IncidentWindow): boolean {
  return compareInstants(from, time) <= 0 && compareInstants(time, to) <= 0;
}

/** The time shifted by a (possibly negative) number of nanoseconds. */
function shifted(time: Rfc3339, nanoseconds: bigint): Rfc3339 {
  const total = unixNanos(time) + nanoseconds;
  const fraction = ((total % NANOS) + NANOS) % NANOS;
  const date = new Date(Number((total - fraction) / NANOS) * 1000);
  const text = Number.isNaN(date.getTime()) ? "" : date.toISOString();
  if (text.length !== 24) {
    throw invalidOption(
      (name) => `Cannot use ${name("window")}: it goes beyond the years 0000 to 9999`,
      () => "Give a shorter window",
    );
  }
  return parseTime(`${text.slice(0, 19)}.${String(fraction).padStart(9, "0")}Z`);
}
