import type { Diagnosis } from "../../doctor/diagnose.ts";
import type { Fix } from "../../doctor/check.ts";
import { summaryOf } from "../../doctor/encode.ts";
import { describeRepair, type DoneRepair } from "../../doctor/repair.ts";
import { bad, good, type Line, line, nextLines, warn } from "../text.ts";

const SHOWN = { pass: good, warn, fail: bad };

/** A diagnosis as text lines; `summary` leaves out checks that pass. */
export function describeDiagnosis(
  diagnosis: Diagnosis,
  summary: boolean,
  uncounted: readonly string[],
): Line[] {
  const results = diagnosis.results.filter(({ finding }) => !summary || finding.status !== "pass");
  return [
    line(summaryOf(diagnosis)),
    ...results.flatMap(({ check, finding }) => [
      line(`- ${check.id}: `, SHOWN[finding.status](finding.status), ` (${finding.message})`),
      ...(finding.fix === undefined ? [] : fixLines(finding.fix)),
    ]),
    ...(uncounted.length === 0
      ? []
      : [line(warn(`not counted, but failing: ${uncounted.join(", ")}`), "; count them with --strict")]),
    ...(summary && results.length === 0
      ? nextLines(["GAIT_ADOPTION_LOG=events.jsonl gait demo", "gait doctor adoption --from events.jsonl"])
      : []),
  ];
}

/** The recorded command may need a file of the repository, so the one that needs only this program is shown as well. */
function fixLines({ command, argv = [] }: Fix): Line[] {
  const own = argv[0] === "gait" ? argv.join(" ") : command;
  return [line(`  fix: ${command}`), ...(own === command ? [] : [line(`  or:  ${own}`)])];
}

/** The applied fixes. */
export function describeRepairs(repairs: readonly DoneRepair[]): Line[] {
  return repairs.map(({ repair, error }) =>
    error === undefined
      ? line(good("mended"), `: ${describeRepair(repair)}`)
      : line(bad("not mended"), `: ${describeRepair(repair)}: ${error}`)
  );
}
