import type { Files, OutputRules, WrittenOutput } from "../../effects/types.ts";
import { isObjectWith } from "../../formats/json/mod.ts";
import { cleanPath, folderOf, joinPath, outputPath } from "../../formats/path.ts";
import type { Decision } from "../decide.ts";
import { trim } from "../../formats/text.ts";

/** Where the records of a decision go, or stand; one that is absent goes under a name made of the trace id. */
export interface RecordPaths {
  readonly trace?: string | undefined;
  readonly approvalAudit?: string | undefined;
  readonly credential?: string | undefined;
  readonly delegationAudit?: string | undefined;
}

/** Where the records of a decision went. */
export interface WrittenRecords extends RecordPaths {
  /** Where the records of earlier decisions are that stood there. */
  readonly kept: readonly string[];
}

/**
 * Refuse paths that can't be written to, before anything is counted.
 *
 * @throws {GaitError} `invalid_input` when a path names no file or leaves the working folder
 */
export function checkRecordPaths(paths: RecordPaths): void {
  for (const path of [paths.trace, paths.approvalAudit, paths.credential, paths.delegationAudit]) {
    if (path !== undefined) outputPath(path);
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

/** The records that a decision has, in the order in which they are written (docs/spec/gate.md 4.3, item 14). */
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
 * Write the records of a decision: the trace, then what it has of audits and evidence, which stand beside the trace
 * unless they were given paths of their own. The record of an earlier decision is never replaced: it gets a number, and the
 * newest one its name, which is what readers of a fixed name want.
 *
 * @returns where they are
 * @throws {GaitError} `invalid_input`, `io_failure`: then the decision does not count
 */
export async function writeRecords(
  files: Files,
  decision: Decision,
  asked: RecordPaths,
): Promise<WrittenRecords> {
  const paths: Partial<Record<keyof RecordPaths, string>> = {};
  const kept: string[] = [];
  for (const { kind, name, content } of recordsOf(decision)) {
    const given = asked[kind];
    const beside = joinPath(folderOf(cleanPath(trim(asked.trace ?? ""))), name);
    const { path, keptAs } = await write(
      files,
      given ?? beside,
      content,
      given === undefined ? UNNAMED : NAMED,
    );
    paths[kind] = given ?? path;
    if (keptAs !== undefined) kept.push(keptAs);
  }
  return { ...paths, kept };
}

/** A record under a name that the user gave. */
export const NAMED: OutputRules = {
  older: isRecord,
  hint: "Give the record a name of its own: what stands there is no record of a decision",
};

/** A record under its own name; whatever else stands there keeps it. */
const UNNAMED: OutputRules = { older: isRecord, ifTaken: "number" };

function isRecord(held: Uint8Array): boolean {
  return isObjectWith(
    held,
    ({ schema_id: id, trace_id: trace }) =>
      typeof id === "string" && id.startsWith("gait.gate.") && typeof trace === "string",
  );
}

/** Atomically, 0600, with its folders (docs/spec/gate.md section 5). */
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
