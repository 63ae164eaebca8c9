import type { Files } from "../../effects/types.ts";
import { folderOf, outputPath } from "../../formats/path.ts";
import type { Decision } from "../decide.ts";

/** Where the records of a decision go; the empty text stands for a name made of the trace id. */
export interface RecordPaths {
  readonly trace: string;
  readonly approvalAudit: string;
  readonly credential: string;
  readonly delegationAudit: string;
}

/**
 * Refuse paths that can't be written to, before anything is counted.
 *
 * @throws {GaitError} `invalid_input` when a path names no file or leaves the working folder
 */
export function checkRecordPaths(paths: RecordPaths): void {
  for (const path of [paths.trace, paths.approvalAudit, paths.credential, paths.delegationAudit]) {
    if (path !== "") outputPath(path);
  }
}

/**
 * Write the records of a decision: the trace, then what it has of audits and evidence (spec/gate.md 4.3, item 14).
 *
 * @returns where they are; empty for those that there are not
 * @throws {GaitError} `invalid_input`, `io_failure`: then the decision does not count
 */
export async function writeRecords(
  files: Files,
  decision: Decision,
  paths: RecordPaths,
): Promise<RecordPaths> {
  const { traceId, trace, approvalAudit, credentialRecord, delegationAudit } = decision;
  return {
    trace: await write(files, paths.trace || `trace_${traceId}.json`, trace),
    approvalAudit: await write(files, paths.approvalAudit || `approval_audit_${traceId}.json`, approvalAudit),
    credential: await write(
      files,
      paths.credential || `credential_evidence_${traceId}.json`,
      credentialRecord,
    ),
    delegationAudit: await write(
      files,
      paths.delegationAudit || `delegation_audit_${traceId}.json`,
      delegationAudit,
    ),
  };
}

/** Atomically, 0600, with its folders (spec/gate.md section 5). */
async function write(files: Files, path: string, content: Uint8Array | undefined): Promise<string> {
  if (content === undefined) return "";
  const target = outputPath(path);
  const folder = folderOf(target);
  if (folder !== "." && await files.stat(folder) === undefined) await files.makeFolder(folder);
  await files.writeAtomic(target, content);
  return path;
}
