import { type CiPlan, ciSteps, REPORTS } from "./plan.ts";
import { headComments, indented } from "./text.ts";

/** A config of CircleCI: a step a check, JUnit as test results, everything as artifacts. */
export function circleci(plan: CiPlan): string {
  const { install, others } = ciSteps(plan);
  return [
    ...headComments("circleci", "#"),
    "version: 2.1",
    "jobs:",
    "  gait:",
    "    machine:",
    "      image: default",
    "    shell: /bin/sh -e",
    "    steps:",
    "      - checkout",
    ...[install, ...others].flatMap(({ id, title, commands }) => [
      "      - run:",
      `          name: ${title}`,
      ...(id !== install.id ? ["          when: always"] : []),
      "          command: |",
      // `<<` would begin a parameter of the config.
      ...indented(commands, 12).map((line) => line.replaceAll("<<", "\\<<")),
    ]),
    "      - store_test_results:",
    `          path: ${REPORTS}`,
    "      - store_artifacts:",
    `          path: ${REPORTS}`,
    "workflows:",
    "  gait:",
    "    jobs:",
    "      - gait",
    "",
  ].join("\n");
}
