import { GaitError, invalidInput, invalidOption } from "../errors/mod.ts";
import type { Effects, Files } from "../effects/mod.ts";
import { insideWorkingFolder } from "../formats/path.ts";
import { timeOfMillis } from "../formats/time.ts";
import { readContextEnvelope } from "../gate/context/envelope.ts";
import type { Refs } from "../schema/runpack.ts";
import { applyContext, EVIDENCE_MODES, type EvidenceMode, refuseRawReceipts } from "./context.ts";
import { CAPTURE_MODES, type CaptureMode } from "./capture_mode.ts";
import { checkRunId } from "./locate.ts";
import type { PackedRun } from "./pack_records.ts";
import { type PackingOptions, type RecordContext, recordRun, type RunToRecord } from "./record.ts";
import { withRunId } from "./record_input.ts";

export { CAPTURE_MODES, type CaptureMode };

/** How a run is recorded. */
export interface RecordOptions extends PackingOptions {
  /** Replaces the run id of the input. */
  readonly runId?: string | undefined;
  /** Label of the runpack; that of the input, else `reference`, unless given. */
  readonly captureMode?: CaptureMode | undefined;
  /** Path of the context that the agent was given; its records replace the receipts of the input. */
  readonly contextEnvelope?: string | undefined;
  /** `required` refuses a run without valid context; that of the input, else `best_effort`, unless given. */
  readonly contextEvidenceMode?: EvidenceMode | undefined;
  /** Allow context that is kept raw: it may hold secrets. */
  readonly allowRawContext?: boolean;
}

/** A run that was recorded. */
export interface Recorded {
  readonly packed: PackedRun;
  /** What was recorded, every option applied. */
  readonly input: RunToRecord;
  readonly warnings: readonly string[];
}

/**
 * Record a run as somebody asks for it (docs/spec/core.md 5.1): its id, its label, the context that it was given.
 *
 * @param producer version of records that name none, unless `around` says another
 * @throws {GaitError} `invalid_input` for a run id that is not a file name, for required context that is not there or does
 * not read, for raw context that is not allowed, and as {@linkcode recordRun} does
 */
export async function recordRequest(
  given: RunToRecord,
  around: RecordContext,
  options: RecordOptions,
  effects: Pick<Effects, "files" | "now" | "os" | "arch">,
  producer: string,
): Promise<Recorded> {
  const { contextEnvelope, allowRawContext = false, key, stripPayloads } = options;
  const captureMode = options.captureMode ??
    wordOf("capture mode", given.capture_mode.trim(), CAPTURE_MODES) ?? "reference";
  const evidenceMode = options.contextEvidenceMode ??
    wordOf("context evidence mode", given.refs.context_evidence_mode.trim().toLowerCase(), EVIDENCE_MODES) ??
    "best_effort";
  const runId = options.runId?.trim() ?? given.run.run_id;
  const idWarning = checkRunId(runId);
  const warnings = idWarning === undefined ? [] : [idWarning];

  const named = withRunId(given, runId);
  let refs: Refs = { ...named.refs, context_evidence_mode: evidenceMode };
  if (contextEnvelope !== undefined) {
    const applied = await applyEnvelope(refs, contextEnvelope, effects.files);
    if (!(applied instanceof GaitError)) refs = applied;
    else if (evidenceMode === "required") throw applied;
    else warnings.push(`context envelope ignored: ${applied.message}`);
  }
  refuseRawReceipts(refs, allowRawContext);
  if (evidenceMode === "required" && !refs.context_set_digest) {
    throw invalidOption(
      () => "Cannot record run: context evidence is required but there is none",
      (name) => `Give ${name("contextEnvelope")}`,
    );
  }
  const input = { ...named, capture_mode: captureMode, refs };
  const context = {
    now: around.now ?? timeOfMillis(effects.now()),
    os: around.os ?? effects.os,
    arch: around.arch ?? effects.arch,
    producer: around.producer ?? producer,
  };
  const packing = { key, ...(stripPayloads === undefined ? {} : { stripPayloads }) };
  return { packed: await recordRun(input, context, packing), input, warnings };
}

/** The refs with the context of a file, or why it can't be used. */
async function applyEnvelope(refs: Refs, given: string, files: Files): Promise<Refs | GaitError> {
  const path = insideWorkingFolder(given);
  try {
    return applyContext(refs, await readContextEnvelope(await files.read(path)));
  } catch (error) {
    if (error instanceof GaitError) return error;
    throw error;
  }
}

/** A word of the input; nothing when it is empty. */
function wordOf<W extends string>(what: string, given: string, words: readonly W[]): W | undefined {
  const found = words.find((word) => word === given);
  if (found !== undefined || !given) return found;
  throw invalidInput(`Cannot use ${what} "${given}": expected ${words.join(" or ")}`);
}
