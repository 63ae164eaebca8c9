/** What `gait ci init` writes is run: the commands of each file, in a shell, as the service would. */
import assert from "node:assert/strict";
import { parse } from "yaml";
import { onStage, type Stage } from "../support/gait.ts";
import { repository } from "../support/places.ts";
import { testUnless, withoutProgram } from "../support/test_unless.ts";

const PROVIDERS = {
  github: ".github/workflows/gait.yml",
  gitlab: ".gitlab-ci.yml",
  jenkins: "Jenkinsfile",
  circleci: ".circleci/config.yml",
  buildkite: ".buildkite/pipeline.yml",
} as const;
type Provider = keyof typeof PROVIDERS;

/** The shell scripts of a file, in order; the first one installs, the others run whatever became of those before. */
function scriptsOf(provider: Provider, file: string): string[] {
  // deno-lint-ignore no-explicit-any -- files of other programs
  const document: any = provider === "jenkins" ? undefined : parse(file);
  switch (provider) {
    case "github":
      return document.jobs.gait.steps.flatMap(({ run }: { run?: string }) => run ?? []);
    case "gitlab":
      return document.gait.script;
    case "circleci":
      return document.jobs.gait.steps.flatMap((step: { run?: { command: string } }) =>
        step.run?.command ?? []
      );
    case "buildkite":
      return document.steps.map(({ command }: { command: string }) => command.replaceAll("$$", "$"));
    case "jenkins":
      return [...file.matchAll(/sh '''([\s\S]*?)(?<!\\)'''/g)].map(([, script]) =>
        script!.replace(/\\(.)/g, "$1")
      );
  }
}

interface Build {
  readonly ok: boolean;
  readonly output: string;
}

/** Run a build as the service does. */
async function build(
  { folder, read }: Stage,
  provider: Provider,
  env: Record<string, string> = { GAIT_BIN: `${repository}bin/gait` },
): Promise<Build> {
  let ok = true;
  let output = "";
  for (const [at, script] of scriptsOf(provider, await read(PROVIDERS[provider])).entries()) {
    const { code, stdout, stderr } = await new Deno.Command("sh", {
      args: ["-e", "-c", script],
      cwd: folder,
      clearEnv: true,
      env: { PATH: Deno.env.get("PATH")!, HOME: folder, NO_COLOR: "1", ...env },
    }).output();
    output += new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
    ok &&= code === 0;
    if (at === 0 && code !== 0) break;
  }
  return { ok, output };
}

const AGENT = `set -eu
gait gate stream --policy policy.yaml --no-trace --runpack gait-out/candidate.zip < calls.jsonl
`;
const POLICY = `default_verdict: block
rules:
  - {name: orders, effect: allow, match: {tool_names: [orders.read]}}
  - {name: files, effect: require_approval, match: {tool_names: [files.delete]}}
`;
const call = (tool: string) =>
  JSON.stringify({
    tool_name: tool,
    args: {},
    context: { identity: "a", workspace: "/w", risk_class: "low" },
  });
const GOOD = `${call("orders.read")}\n`;
const BAD = `${GOOD}${call("files.delete")}\n`;

/** A project with a policy and its tests, a pack, and the regression of an incident. */
async function project({ gait, write }: Stage): Promise<void> {
  await write("policy.yaml", POLICY);
  await write("policy_tests/read.intent.json", call("orders.read"));
  await write("policy_tests/read.expect.json", '{"verdict": "allow"}');
  await write("agent.sh", AGENT);
  await write("calls.jsonl", BAD);
  await write(
    "incident.json",
    JSON.stringify({
      run: { run_id: "incident", created_at: "2026-03-02T09:00:00Z", timeline: [] },
      intents: ["orders.read", "files.delete"].map((tool_name, at) => ({
        intent_id: `i${at}`,
        tool_name,
        args: {},
      })),
      results: [0, 1].map((at) => ({ intent_id: `i${at}`, status: "ok", result: {} })),
      capture_mode: "raw",
    }),
  );
  assert.equal((await gait`run record incident.json`).code, 0);
  assert.equal((await gait`pack build incident --out evidence/incident.zip --force`).code, 0);
  assert.equal(
    (await gait`regress init --from evidence/incident.zip --name invoices --never files.delete`).code,
    0,
  );
}

const shell = withoutProgram("sh");

for (const provider of Object.keys(PROVIDERS) as Provider[]) {
  testUnless(
    shell,
    `what gait ci init writes for ${provider} goes red for an incident and green when it is mended`,
    () =>
      onStage(async (stage) => {
        const { gait, write, files } = stage;
        await project(stage);
        const made = await gait`ci init --provider ${provider} --agent ${"sh agent.sh"} --json`;
        assert.deepEqual([made.code, made.json.path, made.json.notes], [0, PROVIDERS[provider], undefined]);
        assert.deepEqual(made.json.steps.map(({ id }: { id: string }) => id), [
          "policy",
          "policy-tests",
          "packs",
          "agent",
          "regress",
        ]);
        const red = await build(stage, provider);
        assert.equal(red.ok, false);
        assert(red.output.includes("forbidden_tool_called"), red.output);
        const reports = (await files()).filter((name) => name.startsWith("gait-ci/"));
        assert.deepEqual(reports, [
          "gait-ci/policy.sarif",
          "gait-ci/policy_tests.xml",
          "gait-ci/regress.json",
          "gait-ci/regress.sarif",
          "gait-ci/regress.xml",
        ]);
        await write("calls.jsonl", GOOD);
        const green = await build(stage, provider);
        assert.equal(green.ok, true, green.output);
        // Every check counts, and one that fails hides none after it.
        await write("policy_tests/read.expect.json", '{"verdict": "block"}');
        await write("evidence/incident.zip", "no pack");
        const both = await build(stage, provider);
        assert.equal(both.ok, false);
        assert(both.output.includes("regress pass"), both.output);
        assert((await files()).includes("gait-ci/regress.xml"));
        // The run of an earlier build does not count for one whose agent fails.
        await project(stage);
        await write("agent.sh", "exit 3\n");
        const silent = await build(stage, provider);
        assert.equal(silent.ok, false);
        assert(!(await files()).includes("gait-ci/regress.xml"));
      }),
  );
}

testUnless(
  shell,
  "a build of several tasks compares a run of each, and an older run counts for none",
  () =>
    onStage(async (stage) => {
      const { gait, write, files } = stage;
      await project(stage);
      assert.equal((await gait`regress init --from incident --name orders --never files.delete`).code, 0);
      const one = await gait`ci init --provider gitlab --agent ${"sh agent.sh"} --json`;
      assert.match(one.json.notes.join(), /gait\.yaml has 2 regressions.*--candidates <folder>/);
      const both = await gait`ci init --provider gitlab --candidate a.zip --candidates runs --force`;
      assert.equal(both.code, 6, both.stdout);
      for (
        const folder of [
          ".",
          "fixtures",
          "fixtures/",
          "gait-out",
          "evidence",
          "/tmp",
          "a/..",
          ".gait",
          "../x",
        ]
      ) {
        const shared = await gait`ci init --provider gitlab --candidates ${folder} --force`;
        assert.equal(shared.code, 6, `a build would remove archives from ${folder}`);
      }
      await write(
        "agent.sh",
        `for task in invoices orders; do
  gait gate stream --policy policy.yaml --no-trace --runpack "runs/$task/run.zip" < calls.jsonl
done
`,
      );
      await write("calls.jsonl", GOOD);
      for (const provider of Object.keys(PROVIDERS) as Provider[]) {
        const made =
          await gait`ci init --provider ${provider} --agent ${"mkdir -p runs/invoices runs/orders; sh agent.sh"}
          --candidates runs --force --json`;
        assert.deepEqual([made.code, made.json.notes], [0, undefined], made.stderr);
        const green = await build(stage, provider);
        assert.equal(green.ok, true, `${provider}: ${green.output}`);
      }
      assert((await files()).includes("runs/orders/run.zip"));
      await write("agent.sh", "true\n");
      assert.equal((await build(stage, "gitlab")).ok, false, "the runs of the earlier build are gone");
    }),
);

testUnless(
  shell,
  "a build takes gait from where its variables say, and from nowhere else",
  () =>
    onStage(async (stage) => {
      const { gait, write, folder } = stage;
      await write("policy.yaml", POLICY);
      await gait`ci init --provider gitlab`;
      const gaitBin = `${repository}bin/gait`;
      const script = `#!/bin/sh\nexec "${gaitBin}" "$@"\n`;
      await write("download/gait", script);
      const digest = [
        ...new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(script))),
      ]
        .map((byte) => byte.toString(16).padStart(2, "0")).join("");
      const ok = async (env: Record<string, string>) => (await build(stage, "gitlab", env)).ok;
      assert.equal(await ok({}), false);
      assert.equal(await ok({ GAIT_BIN: gaitBin }), true);
      assert.equal(await ok({ GAIT_BIN: "/nowhere/gait" }), false);
      assert.equal(await ok({ GAIT_BIN: gaitBin, GAIT_VERSION: "99.9.9" }), false);
      const { stdout } = await gait`version`;
      assert.equal(await ok({ GAIT_BIN: gaitBin, GAIT_VERSION: stdout.trim().split(" ").at(-1)! }), true);
      const url = { GAIT_URL: `file://${folder}/download/gait` };
      if (withoutProgram("curl", "sha256sum") !== undefined) return;
      assert.equal(await ok(url), false, "no digest");
      assert.equal(await ok({ ...url, GAIT_SHA256: "ab".repeat(32) }), false);
      assert.equal(await ok({ ...url, GAIT_SHA256: digest }), true);
    }),
);

testUnless(shell, "paths in a workflow are quoted, whatever they hold", () =>
  onStage(async (stage) => {
    const { gait, write, files } = stage;
    const policy = 'it\'s $(touch pwned) `touch pwned` & "policy" \\.yaml';
    await write(policy, POLICY);
    for (const provider of Object.keys(PROVIDERS) as Provider[]) {
      assert.equal((await gait("ci", "init", "--provider", provider, "--policy", policy)).code, 0, provider);
      const { ok, output } = await build(stage, provider);
      assert.equal(ok, true, `${provider}: ${output}`);
      assert(!(await files()).includes("pwned"), provider);
    }
    for (const flag of ["--policy", "--agent", "--candidate", "--packs", "--regressions", "--policy-tests"]) {
      const { code } = await gait(
        "ci",
        "init",
        "--provider",
        "github",
        "--out",
        "x.yml",
        flag,
        "a\n  - run: evil",
      );
      assert.equal(code, 6, flag);
    }
    assert(!(await files()).includes("x.yml"));
  }));

Deno.test("gait ci init overwrites nothing without --force, and writes nothing that checks nothing", () =>
  onStage(async ({ gait, write, read, files }) => {
    assert.equal((await gait`ci init --provider github`).code, 6);
    assert.equal((await gait`ci init --provider github --agent ${"sh agent.sh"}`).code, 6);
    assert.equal((await gait`ci init`).code, 6);
    assert.equal((await gait`ci init --provider travis`).code, 6);
    assert.deepEqual(await files(), []);
    await write("policy.yaml", POLICY);
    await write(".gitlab-ci.yml", "mine: true\n");
    const taken = await gait`ci init --provider gitlab --json`;
    assert.deepEqual([taken.code, await read(".gitlab-ci.yml")], [6, "mine: true\n"]);
    assert.equal((await gait`ci init --provider gitlab --out .gitlab/gait.yml`).code, 0);
    assert.equal((await gait`ci init --provider gitlab --force`).code, 0);
    assert.notEqual(await read(".gitlab-ci.yml"), "mine: true\n");
    assert.equal((await gait`ci init --provider gitlab`).code, 0, "the same content again");
  }));

Deno.test("gait ci init lets GitHub put nothing in the place of an expression in the name of a file", () =>
  onStage(async ({ gait, write, read }) => {
    const folder = "p${{ github.event.pull_request.title }}";
    await write(`${folder}/policy.yaml`, POLICY);
    await write(`${folder}/packs/p.zip`, "x");
    const made =
      await gait`ci init --provider github --policy ${`${folder}/policy.yaml`} --packs ${`${folder}/packs`}`;
    assert.equal(made.code, 0, made.stderr);
    const runs = scriptsOf("github", await read(PROVIDERS.github)).join("\n");
    assert.equal(runs.split("${{ '${{' }} github.event.pull_request.title }}").length, 3);
    assert(!runs.includes(folder), "GitHub would evaluate the expression");
  }));

Deno.test("gait ci init demands signatures of packs where the project trusts keys", () =>
  onStage(async ({ gait, write, read }) => {
    await write("evidence/p.zip", "x");
    await gait`ci init --provider jenkins`;
    assert(!(await read("Jenkinsfile")).includes("--require-signature"));
    await gait`keys init --out-dir k`;
    await gait`keys trust add k/gait_public.key --name team`;
    await gait`ci init --provider jenkins --force`;
    assert((await read("Jenkinsfile")).includes("gait pack verify evidence --require-signature"));
  }));

const actionlint = `${repository}.cache/go/bin/actionlint-v1.7.7`;
const noActionlint = await Deno.stat(actionlint).then(
  () => undefined,
  () => "actionlint is absent; scripts/install_actionlint.sh installs it",
);

testUnless(
  noActionlint,
  "actionlint has nothing to say about the GitHub workflow, and every action is pinned",
  () =>
    onStage(async (stage) => {
      await project(stage);
      const file = PROVIDERS.github;
      for (
        const rest of [["--agent", "sh agent.sh"], ["--candidate", "gait-out/run.zip"], [
          "--packs",
          "a b.zip,c.zip",
        ]]
      ) {
        assert.equal((await stage.gait("ci", "init", "--provider", "github", "--force", ...rest)).code, 0);
        const { code, stdout } = await new Deno.Command(actionlint, {
          args: ["-no-color", "-shellcheck=", stage.path(file)],
        }).output();
        assert.equal(code, 0, new TextDecoder().decode(stdout));
        const uses = [...(await stage.read(file)).matchAll(/uses: (\S+)/g)].map(([, action]) => action!);
        assert(uses.length >= 2 && uses.every((action) => /@[0-9a-f]{40}$/.test(action)), uses.join());
      }
      // The check can fail.
      await stage.write(
        "bad/.github/workflows/x.yml",
        (await stage.read(file)).replace("runs-on:", "runs-at:"),
      );
      const { code } = await new Deno.Command(actionlint, {
        args: ["-shellcheck=", stage.path("bad/.github/workflows/x.yml")],
        stdout: "null",
      }).output();
      assert.equal(code, 1);
    }),
);

Deno.test("gait ci init warns of each path that was given and is not there", () =>
  onStage(async ({ gait, write }) => {
    await write("policy.yaml", "");
    const { code, json } = await gait(
      ...["ci", "init", "--provider", "github", "--policy", "polcy.yaml", "--packs", "none,some/*.zip"],
      ...["--regressions", "other.yaml", "--json"],
    );
    assert.equal(code, 0);
    for (const path of ["polcy.yaml", "none", "other.yaml"]) {
      assert(json.notes.some((note: string) => note.startsWith(`there is no "${path}"`)), path);
    }
    assert(!json.notes.some((note: string) => note.includes("some/*.zip")));
  }));
