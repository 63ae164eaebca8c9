import { type CiPlan, ciSteps, REPORTS, wholeScript } from "./plan.ts";
import { headComments, indented } from "./text.ts";

/** A job of GitLab CI: one script, JUnit as its report, everything as artifacts. */
export function gitlab(plan: CiPlan): string {
  return [
    ...headComments("gitlab", "#"),
    "gait:",
    "  stage: test",
    "  script:",
    "    - |",
    ...indented(wholeScript(ciSteps(plan)), 6),
    "  artifacts:",
    "    when: always",
    "    paths:",
    `      - ${REPORTS}/`,
    "    reports:",
    `      junit: ${REPORTS}/*.xml`,
    "",
  ].join("\n");
}
