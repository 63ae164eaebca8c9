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

/** One record of a decision. */
export interface DecisionRecord {
  readonly kind: keyof RecordPaths;
  /** The name of its file unless another one was asked for. */
  readonly name: string;
  readonly content: Uint8Array<ArrayBuffer>;
}

/** How the files of records are called before the trace id; `docs/spec/gate.md` 4.3, item 14. */
export const RECORD_PREFIXES = [
  "trace",
  "approval_audit",
  "credential_evidence",
  "delegation_audit",
] as const;

/** The records that a decision has, in the order in which they are written (spec/gate.md 4.3, item 14). */
export function recordsOf(decision: Decision): DecisionRecord[] {
  const { traceId, trace, approvalAudit, credentialRecord, delegationAudit } = decision;
  const record = (
    kind: DecisionRecord["kind"],
    prefix: typeof RECORD_PREFIXES[number],
    content?: Uint8Array<ArrayBuffer>,
  ) => content ? [{ kind, name: `${prefix}_${traceId}.json`, content }] : [];
  return [
    ...record("trace", "trace", trace),
    ...record("approvalAudit", "approval_audit", approvalAudit),
    ...record("credential", "credential_evidence", credentialRecord),
    ...record("delegationAudit", "delegation_audit", delegationAudit),
  ];
}

/**
 * Write the records of a decision: the trace, then what it has of audits and evidence.
 *
 * @returns where they are; empty for those that there are not
 * @throws {GaitError} `invalid_input`, `io_failure`: then the decision does not count
 */
export async function writeRecords(
  files: Files,
  decision: Decision,
  asked: RecordPaths,
): Promise<RecordPaths> {
  const paths = { trace: "", approvalAudit: "", credential: "", delegationAudit: "" };
  for (const { kind, name, content } of recordsOf(decision)) {
    paths[kind] = asked[kind] || name;
    await write(files, paths[kind], content);
  }
  return paths;
}

/** Atomically, 0600, with its folders (spec/gate.md section 5). */
async function write(files: Files, path: string, content: Uint8Array): Promise<void> {
  const target = outputPath(path);
  const folder = folderOf(target);
  if (folder !== "." && await files.stat(folder) === undefined) await files.makeFolder(folder);
  await files.writeAtomic(target, content);
}
