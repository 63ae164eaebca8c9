import { isUnusable } from "../candidate.ts";
import type { Grade, Subject } from "../grader.ts";
import { brokenRules } from "../tool_rules.ts";
import { toolSequence } from "../trajectory.ts";

/** Whether the candidate called every tool that it must, and none that it must not (docs/spec/regress.md 1.6). */
export function gradeToolRules({ fixture, candidate }: Subject): Grade {
  if (isUnusable(candidate)) {
    const code = candidate.kind === "missing" ? "candidate_path_invalid" : "candidate_runpack_invalid";
    return { pass: false, codes: [code], details: { error: candidate.error } };
  }
  const rules = { never: fixture.never_tools, must: fixture.must_tools };
  const { called, missing } = brokenRules(rules, candidate.pack);
  const codes = [
    ...(called.length > 0 ? ["forbidden_tool_called"] : []),
    ...(missing.length > 0 ? ["required_tool_missing"] : []),
  ];
  return {
    pass: codes.length === 0,
    codes: codes.length > 0 ? codes : ["tool_rules_match"],
    details: {
      candidate_runpack: candidate.path,
      never_tools: [...rules.never],
      must_tools: [...rules.must],
      actual_tool_sequence: toolSequence(candidate.pack),
      ...(called.length > 0 ? { forbidden_tools_called: [...called] } : {}),
      ...(missing.length > 0 ? { required_tools_missing: [...missing] } : {}),
    },
  };
}
