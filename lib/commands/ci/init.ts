import { detectPlan } from "../../ci/detect.ts";
import { CI_VARIABLES, type CiPlan, ciSteps, REPORTS } from "../../ci/plan.ts";
import { PROVIDER_FORMS, PROVIDERS } from "../../ci/providers.ts";
import type { Files } from "../../effects/mod.ts";
import { invalidInput } from "../../errors/mod.ts";
import { utf8 } from "../../formats/bytes.ts";
import { folderOf, hasControl, outputPath } from "../../formats/path.ts";
import { readConfig } from "../../regress/config.ts";
import { FIXTURES_FOLDER } from "../../regress/fixture_name.ts";
import { OUTPUT_FOLDER } from "../../runpack/locate.ts";
import { bool, choice, defineCommand, path, paths, required, text } from "../define.ts";
import { compact, success } from "../outcome.ts";
import { columns, good, line, nextLines, warningLines } from "../text.ts";

/** `gait ci init` (docs/ci.md). */
export default defineCommand({
  explain:
    "Writes a workflow for builds that lints and tests the policy, verifies packs, runs the agent and the regressions " +
    "against what it did, and uploads JUnit and SARIF.",
  flags: {
    provider: required(choice("name", "whose builds", PROVIDERS)),
    out: path("file", "where the workflow goes (default: where the provider looks for it)"),
    policy: path("file", "the policy (default: .gait.yaml, policy.yaml or gait.policy.yaml)"),
    "policy-tests": path(
      "folder",
      "its tests, as gait policy test --fixtures takes them (default: policy_tests)",
    ),
    packs: paths("paths", "packs to verify, separated by commas (default: evidence)"),
    regressions: path("file", "config of the regressions (default: gait.yaml)"),
    agent: text("command", "what makes the candidate run in the build, such as the tests of the agent"),
    candidate: path("file", "the runpack that it makes (default with --agent: gait-out/candidate.zip)"),
    candidates: path(
      "folder",
      "a folder of runpacks that it makes instead, with a folder for each regression",
    ),
    force: bool("replace an existing file"),
  },
  needs: { read: true, write: true },
  examples: [
    "gait ci init --provider github --agent 'sh agent.sh'",
    "gait ci init --provider gitlab --policy policy.yaml --candidate gait-out/run.zip --out .gitlab/gait.yml",
    "gait ci init --provider github --agent 'sh all_tasks.sh' --candidates runs",
  ],
  async run({ flags, effects: { files } }) {
    const {
      provider,
      force,
      policy,
      packs,
      regressions,
      agent,
      candidate,
      candidates,
      "policy-tests": policyTests,
    } = flags;
    const form = PROVIDER_FORMS[provider];
    for (const given of [policy, policyTests, regressions, agent, candidate, candidates, ...packs]) {
      if (given === undefined || !hasControl(given)) continue;
      throw invalidInput("Cannot write a workflow: a path or command has a line break or control character", {
        hint: "Put the commands into a script, and name it with --agent",
      });
    }
    if (candidate !== undefined && candidates !== undefined) {
      throw invalidInput("Cannot use --candidate together with --candidates", {
        hint: "Give --candidate for one run, or --candidates for a folder of runs",
      });
    }
    const { plan, notes: found } = await detectPlan(
      {
        policy,
        policyTests,
        packs,
        regressions,
        agent,
        candidate,
        candidates,
        kept: [FIXTURES_FOLDER, OUTPUT_FOLDER],
      },
      files,
    );
    const notes = [...found, ...await severalTasks(plan, files)];
    const steps = ciSteps(plan).others;
    if (steps.every(({ id }) => id === "agent")) {
      throw invalidInput("Cannot write a workflow: there is nothing to check", {
        hint: "Write a policy with gait init, or make a regression with gait regress init",
      });
    }
    const path = outputPath(flags.out ?? form.path);
    await files.makeFolder(folderOf(path));
    await files.writeOutput(path, utf8(form.render(plan)), {
      force,
      hint: `${form.whenTaken}; or give --force`,
    });
    return success({
      provider,
      path,
      steps: steps.map(({ id, commands }) => ({ id, command: commands.at(-1)! })),
      variables: [...CI_VARIABLES],
      ...compact({ notes: [...notes] }),
    }, [
      line(good("ci init ok"), `: ${path}`),
      ...columns(steps.map(({ id, title }) => [id, title] as const)),
      ...warningLines(notes),
      line(
        "set GAIT_BIN, or GAIT_URL and GAIT_SHA256, as variables of the project: the file says what they are",
      ),
      // A build makes the folder when it begins.
      ...nextLines([`mkdir -p ${REPORTS}`, ...steps.map(({ commands }) => commands.at(-1)!)]),
    ]);
  },
});

/** One run is no candidate of several tasks: all but its own would fail. */
async function severalTasks({ regressions, candidate }: CiPlan, files: Files): Promise<string[]> {
  if (regressions === undefined || candidate === undefined || !await files.isFile(regressions)) return [];
  const { fixtures } = await readConfig(await files.read(regressions), `"${regressions}"`);
  if (fixtures.length < 2) return [];
  return [
    `${regressions} has ${fixtures.length} regressions, and ${candidate} is compared with each: for a run of each ` +
    "give --candidates <folder>, with <folder>/<fixture>/<run>.zip",
  ];
}
