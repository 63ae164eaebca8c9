import { withoutHeader } from "../../runpack/behaviour.ts";
import { classifyContext, type ContextDrift } from "../../runpack/context_drift.ts";
import { equalHex } from "../../signing/mod.ts";
import { isUnusable } from "../candidate.ts";
import type { Grade, GradeOptions, Subject } from "../grader.ts";

/** Whether the candidate worked from the same context as the fixture (docs/spec/regress.md 1.6). */
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

/** The first rule that applies decides; what reaches the end conforms. */
function decide(
  { fixture }: Subject,
  { enforceContext, allowRuntimeDrift }: GradeOptions,
  drift: ContextDrift,
  digest: string,
): Omit<Grade, "details"> {
  const expected = fixture.expected_context_set_digest;
  if (expected !== "" && !equalHex(expected, digest) && drift !== "runtime_only") {
    return { pass: false, codes: ["context_set_digest_mismatch"], conformance: "semantic" };
  }
  if (!enforceContext && fixture.context_conformance !== "required" && expected === "") {
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
