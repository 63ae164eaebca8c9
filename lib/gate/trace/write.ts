import type { Files, OutputRules, WrittenOutput } from "../../effects/types.ts";
import { isObjectWith } from "../../formats/json/mod.ts";
import { cleanPath, folderOf, joinPath, outputPath } from "../../formats/path.ts";
import type { Decision } from "../decide.ts";
import { trim } from "../../formats/text.ts";

/** Paths of the records of a decision. The default of an absent one is named by the trace id. */
export interface RecordPaths {
  readonly trace?: string | undefined;
  readonly approvalAudit?: string | undefined;
  readonly credential?: string | undefined;
  readonly delegationAudit?: string | undefined;
}

/** Paths of the written records of a decision. */
export interface WrittenRecords extends RecordPaths {
  /** New paths of the records of earlier decisions that had these paths. */
  readonly kept: readonly string[];
}

/**
 * Refuses unusable output paths before anything is counted.
 *
 * @throws {GaitError} `invalid_input` when a path does not name a file or leaves the working folder
 */
export function checkRecordPaths(paths: RecordPaths): void {
  for (const path of [paths.trace, paths.approvalAudit, paths.credential, paths.delegationAudit]) {
    if (path !== undefined) outputPath(path);
  }
}

/** One record of a decision. */
export interface DecisionRecord {
  readonly kind: keyof RecordPaths;
  /** Default file name. */
  readonly name: string;
  readonly content: Uint8Array<ArrayBuffer>;
  /** The caller made the name, and no other has it. */
  readonly isUnique?: boolean;
}

/** Prefixes of the default file names (docs/spec/gate.md 4.3, item 14). */
export const RECORD_PREFIXES = [
  "trace",
  "approval_audit",
  "credential_evidence",
  "delegation_audit",
] as const;

/**
 * The records of a decision, in the order of writing (docs/spec/gate.md 4.3, item 14).
 *
 * @param traceName the file name of the trace, unique, where it is not named by its id
 */
export function recordsOf(decision: Decision, traceName?: string): DecisionRecord[] {
  const { traceId, trace, approvalAudit, credentialRecord, delegationAudit } = decision;
  const record = (
    kind: DecisionRecord["kind"],
    prefix: typeof RECORD_PREFIXES[number],
    content?: Uint8Array<ArrayBuffer>,
  ) => content ? [{ kind, name: `${prefix}_${traceId}.json`, content }] : [];
  return [
    ...record("trace", "trace", trace).map((one) =>
      traceName === undefined ? one : { ...one, name: traceName, isUnique: true }
    ),
    ...record("approvalAudit", "approval_audit", approvalAudit),
    ...record("credential", "credential_evidence", credentialRecord),
    ...record("delegationAudit", "delegation_audit", delegationAudit),
  ];
}

/**
 * Write the records of a decision: the trace, then its audits and evidence, by default in the folder of the trace.
 * The record of an earlier decision is never replaced: it is renamed with a number, so that a fixed path always has
 * the newest record.
 *
 * @returns their paths
 * @throws {GaitError} `invalid_input`, `io_failure`: the decision must not be returned then
 */
export async function writeRecords(
  files: Files,
  decision: Decision,
  givenPaths: RecordPaths,
): Promise<WrittenRecords> {
  const paths: Partial<Record<keyof RecordPaths, string>> = {};
  const kept: string[] = [];
  for (const { kind, name, content } of recordsOf(decision)) {
    const given = givenPaths[kind];
    const defaultPath = joinPath(folderOf(cleanPath(trim(givenPaths.trace ?? ""))), name);
    const { path, keptAs } = await write(
      files,
      given ?? defaultPath,
      content,
      given === undefined ? UNNAMED : NAMED,
    );
    paths[kind] = given ?? path;
    if (keptAs !== undefined) kept.push(keptAs);
  }
  return { ...paths, kept };
}

/** Rules for a record at a path that the user gave. */
export const NAMED: OutputRules = {
  older: isRecord,
  hint: "Give the record a path of its own: the existing file is not a record of a decision",
};

/** Rules for a record at its default path; any other existing file keeps it. */
const UNNAMED: OutputRules = { older: isRecord, ifTaken: "number" };

function isRecord(held: Uint8Array): boolean {
  return isObjectWith(
    held,
    ({ schema_id: id, trace_id: trace }) =>
      typeof id === "string" && id.startsWith("gait.gate.") && typeof trace === "string",
  );
}

/** Write atomically, 0600, creating folders (docs/spec/gate.md section 5). */
async function write(
  files: Files,
  path: string,
  content: Uint8Array,
  rules: OutputRules,
): Promise<WrittenOutput> {
  const target = outputPath(path);
  const folder = folderOf(target);
  if (folder !== "." && await files.stat(folder) === undefined) await files.makeFolder(folder);
  return await files.writeOutput(target, content, rules);
}
