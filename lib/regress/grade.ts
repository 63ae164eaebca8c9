import { compareBytewise, uniqueSorted } from "../formats/bytes.ts";
import type { JsonObject } from "../formats/json/mod.ts";
import type { GraderResult } from "../schema/regress.ts";
import {
  gradeExitCode,
  type GradeOptions,
  type Grader,
  gradeRerunExitCode,
  gradeSchema,
  gradeToolRules,
  gradeTrajectory,
  type Subject,
} from "./graders.ts";
import { gradeRecording } from "./recording_grader.ts";
import { isUnusable } from "./candidate.ts";
import { applyTolerances } from "./tolerance.ts";
import { gradeContext, gradeDiff } from "./diff_graders.ts";

/** The graders of a fixture, by name (docs/spec/regress.md 1.6). */
function gradersFor({ fixture, candidate }: Subject, options: GradeOptions): [string, Grader][] {
  const graders: [string, Grader][] = [
    ["schema_validation", gradeSchema],
    ["expected_exit_code", gradeExitCode],
    ["trajectory", gradeTrajectory],
    ["diff", gradeDiff],
  ];
  if (fixture.never_tools.length + fixture.must_tools.length > 0) {
    graders.push(["tool_rules", gradeToolRules]);
  }
  if (fixture.also_compare.length + (options.alsoCompare ?? []).length > 0) {
    graders.push(["recording", gradeRecording]);
  }
  if (options.context) graders.push(["context_conformance", gradeContext]);
  // A rerun without results would otherwise pass if the fixture allows results to change.
  if (candidate.kind === "rerun") {
    graders.push(["candidate_exit_code", () => gradeRerunExitCode(fixture, candidate)]);
  }
  return graders;
}

/** Normalise the candidate where tolerances allow a difference; a fixture compared with itself has no differences. */
export function withTolerances(subject: Subject): Subject {
  const { fixture, pack, candidate } = subject;
  if (isUnusable(candidate) || candidate.kind === "own") return subject;
  const result = applyTolerances(pack, candidate.pack, fixture.tolerances);
  return { ...subject, candidate: { ...candidate, pack: result.pack, toleratedCalls: result.calls } };
}

/** Grade one fixture; results are named `<fixture>/<grader>`. */
export async function gradeFixture(given: Subject, options: GradeOptions): Promise<GraderResult[]> {
  const subject = withTolerances(given);
  const results: GraderResult[] = [];
  for (const [name, grade] of gradersFor(subject, options)) {
    const { pass, codes, details, conformance } = await grade(subject, options);
    results.push({
      name: `${subject.fixture.name}/${name}`,
      status: pass ? "pass" : "fail",
      reason_codes: uniqueSorted(codes),
      ...(conformance === undefined ? {} : { context_conformance: conformance }),
      details: sortMembers({ ...details, fixture: subject.fixture.name, run_id: subject.fixture.run_id }),
    });
  }
  return results;
}

function sortMembers(object: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(object).sort(([a], [b]) => compareBytewise(a, b)));
}
