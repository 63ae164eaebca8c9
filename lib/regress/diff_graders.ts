import { behaviourOf, withoutHeader } from "../runpack/compare_calls.ts";
import { changedCalls } from "./align.ts";
import { diffRunpacks, type DiffSummary } from "../runpack/diff.ts";
import { uniqueSorted } from "../formats/bytes.ts";
import type { JsonObject } from "../formats/json/mod.ts";
import { ENTRY } from "../schema/runpack_layout.ts";
import { changedAspects } from "./aspects.ts";
import { isUnusable } from "./candidate.ts";
import type { Grade, GradeOptions, Subject } from "./graders.ts";
import { classifyContext, type ContextDrift } from "../runpack/refs.ts";
import { equalHex } from "../signing/mod.ts";

/** Whether the candidate differs from the fixture only in allowed files (docs/spec/regress.md 1.6). */
export async function gradeDiff(
  { fixture, pack, candidate }: Subject,
  { alsoCompare = [] }: GradeOptions,
): Promise<Grade> {
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
    ...(candidate.toleratedCalls ? { tolerated_calls: candidate.toleratedCalls } : {}),
  };
  if (unexpected.length === 0) {
    // What follows from a changed file that is allowed is no news.
    const known: readonly string[] = [
      ...[...fixture.also_compare, ...alsoCompare],
      ...(changed.includes(ENTRY.intents) ? ["order", "replay"] : []),
      ...(changed.includes(ENTRY.results) ? ["replay"] : []),
    ];
    const news = (await changedAspects(pack, candidate)).filter((aspect) => !known.includes(aspect));
    return {
      pass: true,
      codes: [],
      details: news.length === 0 ? details : { ...details, uncompared_changes: news },
    };
  }
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

/** Whether the candidate used the same context as the fixture (docs/spec/regress.md 1.6). */
export function gradeContext(subject: Subject, options: GradeOptions): Grade {
  const { pack, candidate } = subject;
  if (isUnusable(candidate)) {
    const code = candidate.kind === "missing" ? "candidate_path_invalid" : "candidate_runpack_invalid";
    return { pass: false, codes: [code], details: { error: candidate.error }, conformance: "missing" };
  }
  const drift = candidate.kind === "own"
    ? "none"
    : candidate.kind === "rerun"
    ? classifyContext(withoutHeader(pack.refs), withoutHeader(candidate.pack.refs))
    : classifyContext(pack.refs, candidate.pack.refs);
  const digest = candidate.pack.refs.context_set_digest;
  return {
    ...decide(subject, options, drift, digest),
    details: {
      candidate_runpack: candidate.path,
      context_set_digest_fixture: pack.refs.context_set_digest,
      context_set_digest_candidate: digest,
      context_changed: drift !== "none",
      context_runtime_only: drift === "runtime_only",
    },
  };
}

/** The first matching rule decides; without a match the context conforms. */
function decide(
  { fixture }: Subject,
  { enforceContext, allowRuntimeDrift }: GradeOptions,
  drift: ContextDrift,
  digest: string,
): Omit<Grade, "details"> {
  const expected = fixture.expected_context_set_digest;
  if (expected !== undefined && !equalHex(expected, digest) && drift !== "runtime_only") {
    return { pass: false, codes: ["context_set_digest_mismatch"], conformance: "semantic" };
  }
  if (!enforceContext && fixture.context_conformance !== "required" && expected === undefined) {
    return { pass: true, codes: ["context_conformance_not_required"], conformance: drift };
  }
  if (digest === "") return { pass: false, codes: ["context_evidence_missing"], conformance: "missing" };
  if (drift === "semantic") {
    return { pass: false, codes: ["context_semantic_drift"], conformance: drift };
  }
  if (drift === "runtime_only" && !allowRuntimeDrift && !fixture.allow_context_runtime_drift) {
    return { pass: false, codes: ["context_runtime_drift_blocked"], conformance: drift };
  }
  return { pass: true, codes: ["context_conformance_pass"], conformance: drift };
}
