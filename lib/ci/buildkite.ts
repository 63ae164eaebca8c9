import { type CiPlan, ciSteps, REPORTS, wholeScript } from "./plan.ts";
import { headComments, indented } from "./text.ts";

/** A pipeline of Buildkite: one command, everything as artifacts. */
export function buildkite(plan: CiPlan): string {
  return [
    ...headComments("buildkite", "#"),
    "# A dollar sign is doubled, because the upload of a pipeline replaces variables.",
    "steps:",
    '  - label: "gait"',
    "    key: gait",
    "    command: |",
    ...indented(wholeScript(ciSteps(plan)), 6).map((line) => line.replaceAll("$", "$$$$")),
    "    artifact_paths:",
    `      - "${REPORTS}/*"`,
    "",
  ].join("\n");
}
