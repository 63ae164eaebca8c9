import type { Files } from "../../effects/types.ts";
import { GaitError } from "../../errors/mod.ts";
import { isJsonObject, readJson, readJsonObject } from "../../formats/json/mod.ts";
import { lower } from "../../formats/text.ts";
import { NO_KEYS, type TrustedKeys } from "../../signing/mod.ts";
import { JOURNAL_SCHEMA_ID } from "../../schema/session_journal.ts";
import { formOf } from "../encrypt/form.ts";
import { PIECE } from "../encrypt/output.ts";
import { scanArtifact } from "../encrypt/scan.ts";
import { readEvidenceFile, TRACE } from "../read_evidence.ts";
import { checkTraceSignature } from "../trace_signatures.ts";
import { verifyEvidencePack } from "../verify.ts";
import { JOURNAL_END } from "./kinds.ts";
import type { FoundFile } from "./walk.ts";

const LINE_BYTES = 1 << 20;

/**
 * Whether a file verifies as the kind that its name says; only such files are deleted under `--only-verified`. A
 * modified file may be needed to investigate the modification, and a file of another kind was never evidence.
 */
export async function isVerified(
  { path, kind }: FoundFile,
  trusted: TrustedKeys,
  files: Files,
): Promise<boolean> {
  if ((await files.stat(path))?.kind !== "file") return false;
  try {
    const low = lower(path);
    if (kind === "trace") return await isTrace(path, trusted, files);
    if (kind === "session") {
      return low.endsWith(JOURNAL_END) ? isJournal(path, files) : await isJson(path, files);
    }
    if (low.endsWith(".gaitenc")) {
      return await scanArtifact(files.readChunks(path, PIECE), path) !== undefined;
    }
    if (low.endsWith(".age")) {
      return await formOf(path, files) === "age";
    }
    const report = await verifyEvidencePack(await files.read(path), {
      trusted: trusted.source === "store" ? trusted : NO_KEYS,
      requireSignature: false,
    });
    return report.ok;
  } catch (error) {
    if (error instanceof GaitError) return false;
    throw error;
  }
}

async function isTrace(path: string, trusted: TrustedKeys, files: Files): Promise<boolean> {
  const trace = await readEvidenceFile(path, TRACE, files);
  if (trace.record.schema_id === "" || trace.record.trace_id === "") return false;
  return (await checkTraceSignature(trace, trusted)).status !== "failed";
}

function isJournal(path: string, files: Files): boolean {
  for (const { bytes } of files.readLines(path, LINE_BYTES)) {
    const head = readJson(bytes, { what: path });
    return isJsonObject(head) && head.schema_id === JOURNAL_SCHEMA_ID;
  }
  return false;
}

async function isJson(path: string, files: Files): Promise<boolean> {
  for (const { bytes } of files.readLines(path, LINE_BYTES)) {
    return readJsonObject(bytes, { what: path }) !== undefined;
  }
  return (await files.read(path)).length > 0;
}
