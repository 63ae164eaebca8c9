import { invalidInput } from "../../errors/mod.ts";
import { compareBytewise, utf8 } from "../../formats/bytes.ts";
import { largest } from "../../formats/lists.ts";
import { lower, trim, trimLower } from "../../formats/text.ts";
import type { Intent, Refs, Result, Run } from "../../schema/runpack.ts";
import { digestOf } from "../../signing/mod.ts";
import { type RunEvidence, word } from "./evidence.ts";

/**
 * What a run did and how it failed, in the normalised form that runs are compared by (docs/spec/scout.md section 3).
 */
export interface Observation {
  readonly runId: string;
  /** Path of its runpack. */
  readonly path: string;
  readonly fingerprint: string;
  readonly actions: readonly string[];
  readonly toolClasses: readonly string[];
  readonly targets: readonly string[];
  readonly reasons: readonly string[];
  readonly receiptDigests: readonly string[];
  readonly traces: number;
  readonly failedRegress: boolean;
  readonly severity: number;
}

/** The records of a runpack that are used here. */
export interface ObservedRecords {
  readonly run: Pick<Run, "run_id">;
  readonly refs: Pick<Refs, "receipts">;
  readonly intents: readonly Pick<Intent, "tool_name">[];
  readonly results: readonly Pick<Result, "status">[];
}

/** Derive what a run did from its records and the evidence about it. */
export async function observe(
  path: string,
  run: ObservedRecords,
  evidence: RunEvidence,
): Promise<Observation> {
  const runId = trim(run.run.run_id);
  if (runId === "") throw invalidInput(`Cannot use runpack "${path}": it names no run`);
  const actions = run.intents.map(({ tool_name }) => trim(tool_name)).filter((name) => name !== "");
  const toolClasses = sortedSet(actions.map(toolClass));
  const targets: string[] = [];
  const digests: string[] = [];
  for (const { source_type, source_locator, content_digest } of run.refs.receipts) {
    targets.push(`${await word(source_type)}:${(await word(source_locator)).slice(0, MAX_LOCATOR)}`);
    const digest = lower(content_digest);
    if (utf8(digest).length === 64) digests.push(digest);
  }
  const reasons: string[] = [...evidence.reasons.get(runId) ?? []];
  for (const { status } of run.results) {
    const normal = await word(status);
    if (normal !== "ok" && normal !== "success") reasons.push(`result_status_${normal}`);
  }
  const observed = {
    action_sequence: actions,
    tool_classes: toolClasses,
    target_systems: sortedSet(targets),
    reason_code_vector: sortedSet(reasons),
    ref_receipt_digests: sortedSet(digests),
  };
  return {
    runId,
    path,
    fingerprint: await digestOf(observed),
    actions,
    toolClasses,
    targets: observed.target_systems,
    reasons: observed.reason_code_vector,
    receiptDigests: observed.ref_receipt_digests,
    traces: evidence.traces.get(runId) ?? 0,
    failedRegress: evidence.failed.has(runId),
    severity: severityOf(observed.tool_classes, observed.target_systems, observed.reason_code_vector),
  };
}

const MAX_LOCATOR = 48;

function sortedSet(items: readonly string[]): string[] {
  return [...new Set(items)].sort(compareBytewise);
}

const CLASSES: readonly (readonly [name: string, weight: number, words: readonly string[]])[] = [
  ["destructive", 4, ["delete", "drop", "destroy", "remove", "purge"]],
  ["write", 3, ["write", "update", "save", "send", "export", "create"]],
  ["read", 1, ["read", "list", "get", "search", "fetch"]],
  ["execute", 2, [""]],
];

function toolClass(name: string): string {
  const lowered = trimLower(name);
  return CLASSES.find(([, , words]) => words.some((word) => lowered.includes(word)))![0];
}

function severityOf(
  classes: readonly string[],
  targets: readonly string[],
  reasons: readonly string[],
): number {
  const power = largest(CLASSES.filter(([name]) => classes.includes(name)).map(([, weight]) => weight), 1);
  const has = (texts: readonly string[], words: readonly string[]) =>
    texts.some((text) => words.some((word) => text.includes(word)));
  const sensitivity = has(targets, ["prod", "payment", "finance", "customer", "pii", "db"])
    ? 3
    : has(targets, ["internal", "staging", "queue"])
    ? 2
    : 1;
  const posture = has(reasons, ["policy", "approval", "blocked", "credential"]) ? 2 : 0;
  return 30 * power + 15 * sensitivity + 10 * posture + Math.min(reasons.length, 9);
}
