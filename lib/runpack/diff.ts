import { compareBytewise } from "../formats/bytes.ts";
import { sameJson } from "../formats/json/equal.ts";
import { canonicalize, type JsonObject } from "../formats/json/mod.ts";
import { encodeIntent, type Intent, type Result } from "../schema/runpack.ts";
import type { Manifest } from "../schema/runpack_manifest.ts";
import { equalHex } from "../signing/mod.ts";
import { classifyContent, classifyContext, type ContextDrift, sameRefContent } from "./refs.ts";
import type { Runpack } from "./read.ts";

/** How much of a run is compared: everything, or only digests and counts. */
export type DiffPrivacy = "full" | "metadata";

/** The words for it. */
export const DIFF_PRIVACY = ["full", "metadata"] as const satisfies readonly DiffPrivacy[];

/** The difference between two runs (docs/spec/core.md 5.4). Empty lists are omitted when it is printed. */
export interface DiffSummary {
  /** Id of the left run. */
  readonly run_id_left: string;
  /** Id of the right run. */
  readonly run_id_right: string;
  /** Whether the manifests differ. */
  readonly manifest_changed: boolean;
  /** Paths of files that differ. */
  readonly files_changed: readonly string[];
  /** Files with different digests; not a difference by itself, because digests cover ids and times. */
  readonly digests_changed: readonly string[];
  /** Whether any intent differs. */
  readonly intents_changed: boolean;
  /** Whether any result differs. */
  readonly results_changed: boolean;
  /** Whether the receipts of context differ. */
  readonly refs_changed: boolean;
  /** Ids of intents that only the left run has. */
  readonly left_only_intents: readonly string[];
  /** Ids of intents that only the right run has. */
  readonly right_only_intents: readonly string[];
  /** Ids of results that only the left run has. */
  readonly left_only_results: readonly string[];
  /** Ids of results that only the right run has. */
  readonly right_only_results: readonly string[];
  /** The class of context drift, if context was compared. */
  readonly context_drift_classification?: ContextDrift;
  /** Whether only times of the context differ. */
  readonly context_runtime_only_changes: boolean;
  /** The class of drift ignoring run id, producer and time of the refs. */
  readonly context_content_drift?: ContextDrift;
}

/** Compare two runs, ignoring by whom, when and under which id they were recorded. */
export function diffRunpacks(left: Runpack, right: Runpack, privacy: DiffPrivacy): DiffSummary {
  const full = privacy === "full";
  // Digests exist in both capture modes; payloads are compared only if both runs have them.
  const stripped = isStripped(left) !== isStripped(right);
  const payloads = full && !stripped;
  const intents = compareRecords(left.intents, right.intents, (a, b) => sameIntent(a, b, payloads));
  const results = compareRecords(left.results, right.results, (a, b) => sameResult(a, b, payloads));
  const sameRefs = full
    ? sameRefContent(left.refs, right.refs)
    : left.refs.receipts.length === right.refs.receipts.length;
  const drift = full && !sameRefs ? classifyContext(left.refs, right.refs) : "none";
  return {
    run_id_left: left.manifest.run_id,
    run_id_right: right.manifest.run_id,
    manifest_changed: comparableManifest(left.manifest, stripped) !==
      comparableManifest(right.manifest, stripped),
    files_changed: pathsOnOneSide(left.manifest, right.manifest),
    digests_changed: changedDigests(left.manifest, right.manifest),
    intents_changed: intents.changed,
    results_changed: results.changed,
    refs_changed: !sameRefs,
    left_only_intents: intents.leftOnly,
    right_only_intents: intents.rightOnly,
    left_only_results: results.leftOnly,
    right_only_results: results.rightOnly,
    context_drift_classification: drift,
    context_runtime_only_changes: drift === "runtime_only",
    ...(drift === "none" ? {} : { context_content_drift: classifyContent(left.refs, right.refs) }),
  };
}

/** Whether a summary reports any difference. */
export function isChanged(summary: DiffSummary): boolean {
  return summary.manifest_changed || summary.intents_changed || summary.results_changed ||
    summary.refs_changed;
}

/** Whether two intents are the same apart from by whom, when and under which run id they were recorded. */
function sameIntent(left: Intent, right: Intent, withPayload: boolean): boolean {
  return left.intent_id === right.intent_id && left.tool_name === right.tool_name &&
    left.args_digest === right.args_digest && left.schema_id === right.schema_id &&
    left.schema_version === right.schema_version &&
    (!withPayload || sameJson(left.args ?? {}, right.args ?? {})) &&
    sameJson(encodeIntent(left).arg_provenance ?? [], encodeIntent(right).arg_provenance ?? []);
}

function sameResult(left: Result, right: Result, withPayload: boolean): boolean {
  return left.intent_id === right.intent_id && left.status === right.status &&
    left.result_digest === right.result_digest && left.schema_id === right.schema_id &&
    left.schema_version === right.schema_version &&
    (!withPayload || sameJson(left.result ?? {}, right.result ?? {}));
}

/** Compare two sets of records by intent id; the last record of an id wins. */
export function compareRecords<T extends { readonly intent_id: string }>(
  left: readonly T[],
  right: readonly T[],
  same: (left: T, right: T) => boolean,
) {
  if (haveSameIds(left, right)) {
    const first = left.findIndex((record, i) => !same(record, right[i]!));
    const id = left[first]?.intent_id;
    // Which of several records of an id is the last one is asked below.
    if (first < 0 || left.findLastIndex((record) => record.intent_id === id) === first) {
      return { changed: first >= 0, leftOnly: [], rightOnly: [] };
    }
  }
  const [leftById, rightById] = [byId(left), byId(right)];
  const leftOnly = onlyIn(leftById, rightById).sort(compareBytewise);
  const rightOnly = onlyIn(rightById, leftById).sort(compareBytewise);
  let changed = leftOnly.length > 0 || rightOnly.length > 0;
  for (const [id, record] of leftById) {
    if (changed) break;
    changed = !same(record, rightById.get(id)!);
  }
  return { changed, leftOnly, rightOnly };
}

/** Whether records have the same ids in the same order: then no maps of them are needed, which large runs make large. */
export function haveSameIds(
  left: readonly { readonly intent_id: string }[],
  right: readonly { readonly intent_id: string }[],
): boolean {
  return left.length === right.length &&
    left.every(({ intent_id: id }, i) => id === right[i]!.intent_id);
}

/** Ids, or what is known by them. */
type ById = Pick<ReadonlyMap<string, unknown>, "keys" | "has">;

/** The ids that only one of two sides has, in its order. */
export function onlyIn(side: ById, other: ById): string[] {
  const ids: string[] = [];
  for (const id of side.keys()) if (!other.has(id)) ids.push(id);
  return ids;
}

function byId<T extends { readonly intent_id: string }>(records: readonly T[]): Map<string, T> {
  const found = new Map<string, T>();
  for (const record of records) found.set(record.intent_id, record);
  return found;
}

function comparableManifest(
  { schema_id, schema_version, capture_mode, files }: Manifest,
  ignoreMode: boolean,
): string {
  const mode = ignoreMode ? "" : capture_mode;
  return canonicalize({ schema_id, schema_version, mode, paths: files.map((file) => file.path) });
}

/** Whether a run was recorded without payloads, as in capture by reference. */
function isStripped({ intents, results }: Runpack): boolean {
  return intents.length + results.length > 0 && intents.every(({ args }) => (args ?? null) === null) &&
    results.every(({ result }) => (result ?? null) === null);
}

/** Paths that only one of two manifests lists, sorted. */
export function pathsOnOneSide(left: Manifest, right: Manifest): string[] {
  const paths = (manifest: Manifest) => new Set(manifest.files.map((file) => file.path));
  return [...paths(left).symmetricDifference(paths(right))].sort(compareBytewise);
}

function changedDigests(left: Manifest, right: Manifest): string[] {
  const digests = new Map(left.files.map((file) => [file.path, file.sha256]));
  return right.files.filter(({ path, sha256 }) => digests.has(path) && !equalHex(digests.get(path)!, sha256))
    .map((file) => file.path).sort(compareBytewise);
}

/** The printed form, without empty lists and unset flags. */
export function encodeDiffSummary(summary: DiffSummary): JsonObject {
  const kept = Object.entries(summary).filter(([name, value]) =>
    Array.isArray(value)
      ? value.length > 0
      : value !== undefined && (name !== "context_runtime_only_changes" || value)
  );
  return Object.fromEntries(kept) as JsonObject;
}

/** The summary of a comparison that was not possible. */
export const EMPTY_SUMMARY: JsonObject = {
  run_id_left: "",
  run_id_right: "",
  manifest_changed: false,
  intents_changed: false,
  results_changed: false,
  refs_changed: false,
};
