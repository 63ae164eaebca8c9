import { CI_VARIABLES, type CiPlan, ciSteps, REPORTS } from "./plan.ts";
import { headComments, indented } from "./text.ts";

/** Pinned by their commits: a tag can be moved to other code. */
const CHECKOUT = "actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.2";
const UPLOAD_ARTIFACT = "actions/upload-artifact@ea165f8d65b6e75b540449e92b4886f43607fa02 # v4.6.2";
const UPLOAD_SARIF = "github/codeql-action/upload-sarif@ff0a06e83cb2de871e5a09832bc6a81e7276941f # v3.28.18";

/**
 * An expression in the name of a file would be replaced by what its text says, such as the title of a pull request,
 * and that would be run. The command of the agent may have expressions: whoever wrote it meant them.
 */
const literal = (path: string) => path.replaceAll("${{", "${{ '${{' }}");

/** A workflow of GitHub Actions: a step a check, reports as artifacts, SARIF to code scanning. */
export function github(plan: CiPlan): string {
  const { install, others } = ciSteps(plan, { regress: " --github", literal });
  const sarif = others.some(({ commands }) => commands.some((command) => command.includes(".sarif")));
  return [
    ...headComments("github", "#"),
    "name: gait",
    "",
    "on:",
    "  push:",
    "  pull_request:",
    "",
    "permissions:",
    "  contents: read",
    ...(sarif ? ["  security-events: write"] : []),
    "",
    "jobs:",
    "  gait:",
    "    runs-on: ubuntu-latest",
    "    timeout-minutes: 30",
    "    env:",
    ...CI_VARIABLES.map((name) => `      ${name}: \${{ vars.${name} }}`),
    "    defaults:",
    "      run:",
    "        shell: sh",
    "    steps:",
    `      - uses: ${CHECKOUT}`,
    "        with:",
    "          persist-credentials: false",
    ...[install, ...others].flatMap(({ id, title, commands }) => [
      `      - name: ${title}`,
      `        id: ${id}`,
      ...(id !== install.id ? ["        if: ${{ !cancelled() && steps.install.outcome == 'success' }}"] : []),
      "        run: |",
      ...indented(commands, 10),
    ]),
    ...(sarif
      ? [
        "      - name: Report to code scanning",
        // The token of a build for a fork may not write.
        "        if: ${{ !cancelled() && steps.install.outcome == 'success' && !github.event.pull_request.head.repo.fork }}",
        `        uses: ${UPLOAD_SARIF}`,
        "        with:",
        `          sarif_file: ${REPORTS}`,
      ]
      : []),
    "      - name: Keep the reports",
    "        if: ${{ !cancelled() }}",
    `        uses: ${UPLOAD_ARTIFACT}`,
    "        with:",
    "          name: gait",
    `          path: ${REPORTS}`,
    "          if-no-files-found: warn",
    "",
  ].join("\n");
}
