import type { JsonObject, JsonValue } from "../../formats/json/mod.ts";
import { alignRuns } from "../../regress/align.ts";
import { verdictOfResult } from "../../regress/trajectory.ts";
import { inspectRunpack } from "../../runpack/inspect.ts";
import type { Runpack } from "../../runpack/read.ts";
import type { KnownRuns, RunSummary } from "./known_runs.ts";

/** Most calls of one answer. */
const MAX_CALLS = 2_000;

/** Longest argument or result as JSON text, in UTF-16 units. */
const MAX_VALUE = 20_000;

/** The list of runs. */
export async function listRuns(runs: KnownRuns): Promise<JsonObject> {
  return { runs: (await runs.all()).map(encodeSummary) };
}

function encodeSummary(run: RunSummary): JsonObject {
  return {
    path: run.path,
    run_id: run.runId,
    time: run.time,
    calls: run.calls,
    verdicts: { ...run.verdicts },
    capture_mode: run.captureMode,
    signed: run.signed,
    ...(run.error === undefined ? {} : { error: run.error }),
  };
}

/** One run, call by call. */
export async function showRun(path: string, runs: KnownRuns): Promise<JsonObject> {
  const pack = await runs.read(path);
  const { entries, unmatched, warnings } = inspectRunpack(pack);
  const results = new Map(pack.results.map((result) => [result.intent_id, result]));
  return {
    path,
    run_id: pack.run.run_id,
    created_at: pack.run.created_at,
    capture_mode: pack.manifest.capture_mode,
    manifest_digest: pack.manifest.manifest_digest,
    calls_total: entries.length,
    calls: entries.slice(0, MAX_CALLS).map((entry, i) => {
      const intent = pack.intents[i]!;
      const result = results.get(intent.intent_id);
      return {
        ...entry,
        outcome: result ? verdictOfResult(result) : "missing",
        args: shown(intent.args),
        result: shown(result?.result),
      };
    }),
    unmatched: unmatched.slice(0, MAX_CALLS).map((entry) => ({ ...entry })),
    receipts: pack.refs.receipts.slice(0, 200).map((
      { ref_id, source_type, source_locator, content_digest },
    ) => ({
      ref_id,
      source_type,
      source_locator,
      content_digest,
    })),
    warnings: [...warnings],
  };
}

/** A value as text, cut where it is long; empty if it was not captured. */
function shown(value: JsonValue | null | undefined): string {
  if (value === null || value === undefined) return "";
  const text = JSON.stringify(value, null, 2);
  return text.length > MAX_VALUE ? `${text.slice(0, MAX_VALUE)}…`.toWellFormed() : text;
}

/** Two runs, their calls paired by behaviour: an inserted call does not make all later ones look changed. */
export async function compareRuns(left: string, right: string, runs: KnownRuns): Promise<JsonObject> {
  const [one, other] = [await runs.read(left), await runs.read(right)];
  const rows = alignRuns(one, other);
  const counts: Record<string, number> = {};
  for (const { kind } of rows) counts[kind] = (counts[kind] ?? 0) + 1;
  return {
    left: headOf(left, one),
    right: headOf(right, other),
    counts,
    rows_total: rows.length,
    rows: rows.slice(0, MAX_CALLS).map(({ kind, expected, actual, changes }) => ({
      kind,
      changes: [...changes],
      ...(expected ? { left: { ...expected } } : {}),
      ...(actual ? { right: { ...actual } } : {}),
    })),
  };
}

function headOf(path: string, pack: Runpack): JsonObject {
  return { path, run_id: pack.run.run_id, calls: pack.intents.length, created_at: pack.run.created_at };
}
