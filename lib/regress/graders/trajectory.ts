import type { JsonObject } from "../../formats/json/mod.ts";
import { isUnusable } from "../candidate.ts";
import type { Grade, Subject } from "../grader.ts";
import { firstMismatch, toolSequence, verdictSequence } from "../trajectory.ts";

/** Whether the candidate called the expected tools, to the expected verdicts, in order (docs/spec/regress.md 1.6). */
export function gradeTrajectory({ fixture, candidate }: Subject): Grade {
  if (isUnusable(candidate)) {
    const code = candidate.kind === "missing" ? "candidate_path_invalid" : "candidate_runpack_invalid";
    return { pass: false, codes: [code], details: { error: candidate.error } };
  }
  const tools = compare("tool", fixture.expected_tool_sequence, toolSequence(candidate.pack));
  const verdicts = compare("verdict", fixture.expected_verdict_sequence, verdictSequence(candidate.pack));
  const parts = [tools, verdicts];
  const codes = parts.flatMap((part) => part.codes);
  const required = parts.some((part) => part.required);
  return {
    pass: codes.length === 0,
    codes: codes.length > 0 ? codes : [required ? "trajectory_match" : "trajectory_not_required"],
    details: { candidate_runpack: candidate.path, ...tools.details, ...verdicts.details },
  };
}

/** Compare one sequence; an empty expectation is none. */
function compare(kind: "tool" | "verdict", expected: readonly string[], actual: readonly string[]) {
  const required = expected.length > 0;
  const mismatch = required ? firstMismatch(expected, actual) : undefined;
  const details: JsonObject = {
    [`expected_${kind}_sequence`]: [...expected],
    [`actual_${kind}_sequence`]: [...actual],
    ...(mismatch
      ? {
        [`${kind}_sequence_mismatch_index`]: mismatch.index,
        [`${kind}_sequence_expected_at_mismatch`]: mismatch.expected,
        [`${kind}_sequence_actual_at_mismatch`]: mismatch.actual,
      }
      : {}),
  };
  return { required, details, codes: mismatch ? [`unexpected_${kind}_sequence`] : [] };
}
