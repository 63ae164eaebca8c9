import type { Files } from "../../effects/mod.ts";
import { GaitError, invalidInput } from "../../errors/mod.ts";
import { isJsonObject, readJson } from "../../formats/json/mod.ts";
import { decodeUtf8, utf8 } from "../../formats/bytes.ts";
import { sha256 } from "../../signing/mod.ts";
import { readEvent } from "./event.ts";
import { fieldsOf, MAX_LOG_LINE_BYTES, trimLine } from "./log_line.ts";
import { makeProof, type ProofContext, RECORD_TYPE } from "./proof.ts";

/** The result of ingesting a log. */
export interface Ingested {
  /** Number of events; there is one proof record for each. */
  readonly events: number;
  /** Line numbers of the first ten skipped lines. */
  readonly skippedLines: readonly number[];
  readonly skipped: number;
  /** Number of events with an unknown verdict. */
  readonly unknownVerdicts: number;
}

/** Options for ingesting a log. */
export interface IngestOptions extends ProofContext {
  /** Skip invalid lines instead of failing. */
  readonly skipInvalid: boolean;
}

/** Lines are counted, not stored. */
const SHOWN_LINES = 10;

/**
 * Turn a gateway's log into a chain of signed proof records, in constant memory. The output file appears only when it
 * is complete (docs/spec/scout.md section 4).
 *
 * @throws {GaitError} `invalid_input` for an invalid line, unless such lines are skipped and there are others; and for
 * no event at all where older records would be replaced
 */
export async function ingestLog(
  files: Files,
  log: string,
  output: string,
  options: IngestOptions,
): Promise<Ingested> {
  const counts = { events: 0, skippedLines: [] as number[], skipped: 0, unknownVerdicts: 0 };
  const parts = async function* () {
    yield* proofs(files, log, options, counts);
    if (counts.events === 0) await refuseNothing(files, output, { ...options, skipped: counts.skipped });
  };
  await files.writeAtomicParts(output, parts(), { mode: 0o644, anywhere: true });
  return counts;
}

/**
 * An empty log gives an empty file (compatibility: recorded), but it never takes the place of records: a log that was
 * rotated would erase its evidence. A log of nothing but other lines is of another gateway.
 */
async function refuseNothing(
  files: Files,
  output: string,
  { logPath, gateway, skipped }: IngestOptions & { readonly skipped: number },
): Promise<void> {
  if (skipped > 0) {
    throw invalidInput(`Cannot ingest "${logPath}": none of its ${skipped} lines is an event of ${gateway}`, {
      hint: "Check --source; without --skip-invalid the error of the first line is shown",
    });
  }
  const there = await files.stat(output);
  if (there?.kind !== "file" || there.size === 0) return;
  throw invalidInput(`Cannot ingest "${logPath}": it holds no event, and the records in "${output}" stay`, {
    hint: "Check the log; for records of nothing, give another path with --proof-out",
    detail: "output_exists",
  });
}

async function* proofs(
  files: Files,
  log: string,
  options: IngestOptions,
  counts: { events: number; skippedLines: number[]; skipped: number; unknownVerdicts: number },
): AsyncGenerator<Uint8Array> {
  const hash = options.hash ?? sha256;
  let previous = "";
  let line = 0;
  let pending = "";
  for (const { bytes } of files.readLines(log, MAX_LOG_LINE_BYTES - 1)) {
    line++;
    const trimmed = trimLine(bytes);
    if (trimmed.length === 0) continue;
    const digest = `sha256:${await hash(trimmed)}`;
    try {
      const fields = fieldsOf(trimmed, options.gateway, `"${log}", line ${line}`);
      const event = readEvent(fields, options.gateway, line, digest);
      const proof = await makeProof(event, { line, digest }, previous, options);
      previous = proof.hash;
      pending += proof.text + "\n";
      counts.events++;
      if (event.verdict === "unknown") counts.unknownVerdicts++;
    } catch (error) {
      if (!options.skipInvalid || !(error instanceof GaitError) || error.code !== "invalid_input") {
        throw error;
      }
      counts.skipped++;
      if (counts.skippedLines.length < SHOWN_LINES) counts.skippedLines.push(line);
    }
    if (pending.length > 1 << 20) {
      yield utf8(pending);
      pending = "";
    }
  }
  if (pending !== "") yield utf8(pending);
}

/**
 * Refuse to replace a file unless it is an older output of this command.
 *
 * @throws {GaitError} `invalid_input`
 */
export async function checkProofOutput(files: Files, path: string): Promise<void> {
  const there = await files.stat(path);
  if (there === undefined || there.kind === "file" && (there.size === 0 || isProofFile(files, path))) return;
  throw invalidInput(`Cannot write to "${path}": another file is there already`, {
    hint: "Choose another path for the proof records with --proof-out",
    detail: "output_exists",
  });
}

/** Whether the first line is a proof record of a gateway. */
function isProofFile(files: Files, path: string): boolean {
  try {
    for (const { bytes } of files.readLines(path, MAX_LOG_LINE_BYTES)) {
      const value = readJson(decodeUtf8(bytes), { what: path });
      return isJsonObject(value) && value.record_type === RECORD_TYPE && typeof value.source === "string" &&
        value.source.startsWith("gait.gateway.");
    }
  } catch (error) {
    if (!(error instanceof GaitError) || error.code !== "invalid_input") throw error;
  }
  return false;
}
