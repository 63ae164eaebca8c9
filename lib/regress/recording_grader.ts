import { type Aspect, ASPECTS, changedAspects } from "./aspects.ts";
import { isUnusable } from "./candidate.ts";
import type { Grade, GradeOptions, Subject } from "./graders.ts";

/** The reason code of a change. */
const CODES: Readonly<Record<Aspect, string>> = {
  order: "record_order_changed",
  replay: "replay_changed",
  run: "run_record_changed",
  timeline: "timeline_changed",
};

/** Whether a candidate is as recorded in the aspects that its fixture, or the command line, wants compared. */
export async function gradeRecording(
  { fixture, pack, candidate }: Subject,
  { alsoCompare = [] }: GradeOptions,
): Promise<Grade> {
  if (isUnusable(candidate)) {
    const code = candidate.kind === "missing" ? "candidate_path_invalid" : "candidate_runpack_invalid";
    return { pass: false, codes: [code], details: { error: candidate.error } };
  }
  const compared = ASPECTS.filter((aspect) =>
    fixture.also_compare.includes(aspect) || alsoCompare.includes(aspect)
  );
  const changed = (await changedAspects(pack, candidate)).filter((aspect) => compared.includes(aspect));
  return {
    pass: changed.length === 0,
    codes: changed.length === 0 ? ["recording_match"] : changed.map((aspect) => CODES[aspect]),
    details: { candidate_runpack: candidate.path, also_compared: compared, changed_aspects: changed },
  };
}
