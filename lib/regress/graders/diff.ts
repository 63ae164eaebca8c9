import { behaviourOf } from "../../runpack/behaviour.ts";
import { changedCalls } from "../../runpack/changed_calls.ts";
import { diffRunpacks, type DiffSummary } from "../../runpack/diff.ts";
import { uniqueSorted } from "../../formats/bytes.ts";
import type { JsonObject } from "../../formats/json/mod.ts";
import { ENTRY } from "../../schema/runpack_layout.ts";
import { isUnusable } from "../candidate.ts";
import type { Grade, Subject } from "../grader.ts";

/** Whether the candidate differs from the fixture only in files that may differ (docs/spec/regress.md 1.6). */
export function gradeDiff({ fixture, pack, candidate }: Subject): Grade {
  if (isUnusable(candidate)) {
    const code = candidate.kind === "missing" ? "candidate_path_invalid" : "diff_error";
    return { pass: false, codes: [code], details: { error: candidate.error } };
  }
  const rerun = candidate.kind === "rerun";
  const summary = candidate.kind === "own"
    ? undefined
    : rerun
    ? diffRunpacks(behaviourOf(pack), behaviourOf(candidate.pack), "full")
    : diffRunpacks(pack, candidate.pack, "full");
  const changed = summary ? changedFiles(summary) : [];
  const allowed = fixture.diff_allow_changed_files;
  const unexpected = changed.filter((file) => !allowed.includes(file));
  const details: JsonObject = {
    candidate_runpack: candidate.path,
    changed_files: changed,
    allowed_files: [...allowed],
    ...(rerun ? { compared: "behaviour" } : {}),
  };
  if (unexpected.length === 0) return { pass: true, codes: [], details };
  const calls = rerun ? changedCalls(pack, candidate.pack) : undefined;
  return {
    pass: false,
    codes: ["unexpected_diff"],
    details: {
      ...details,
      unexpected_files: unexpected,
      ...(calls ? { changed_calls: calls.listed, changed_calls_total: calls.total } : {}),
    },
  };
}

function changedFiles(summary: DiffSummary): string[] {
  return uniqueSorted([
    ...summary.files_changed,
    ...(summary.manifest_changed ? [ENTRY.manifest] : []),
    ...(summary.intents_changed ? [ENTRY.intents] : []),
    ...(summary.results_changed ? [ENTRY.results] : []),
    ...(summary.refs_changed ? [ENTRY.refs] : []),
  ]);
}
