/** The step of action.yml, as a runner of GitHub Actions starts it. */
import assert from "node:assert/strict";
import { onStage, type Stage } from "../support/gait.ts";
import { repository } from "../support/places.ts";

async function runStep(stage: Stage, env: Record<string, string> = {}) {
  const { code, stdout } = await new Deno.Command("bash", {
    args: [`${repository}scripts/action_regress.sh`],
    cwd: stage.folder,
    env: {
      GAIT: `${repository}bin/gait`,
      CONFIG: "gait.yaml",
      CANDIDATE: "",
      ARTIFACTS: "gait-out/regress",
      GITHUB_OUTPUT: stage.path("output"),
      GITHUB_STEP_SUMMARY: stage.path("summary"),
      NO_COLOR: "1",
      ...env,
    },
    stderr: "null",
  }).output();
  const outputs = await Deno.readTextFile(stage.path("output")).catch(() => "");
  return { code, stdout: new TextDecoder().decode(stdout), outputs: outputs.split("\n") };
}

/** A folder with a regression of the demo's run. */
async function withFixture(stage: Stage): Promise<void> {
  assert.equal((await stage.gait`demo`).code, 0);
  assert.equal((await stage.gait`regress init --from run_demo`).code, 0);
}

Deno.test("the action passes, and names its reports", () =>
  onStage(async (stage) => {
    await withFixture(stage);
    const { code, outputs } = await runStep(stage);
    assert.equal(code, 0);
    assert.ok(outputs.includes("status=pass") && outputs.includes("exit-code=0"), outputs.join("\n"));
    for (const name of ["result.json", "junit.xml", "regress.sarif"]) {
      assert.notEqual(await stage.read(`gait-out/regress/${name}`), "");
    }
    assert.match(await stage.read("summary"), /^### gait regressions: pass\n/);
  }));

Deno.test("the action fails with 5 on drift, with annotations and a summary that holds none of them", () =>
  onStage(async (stage) => {
    await withFixture(stage);
    const run = {
      run: { run_id: "other" },
      intents: [{ intent_id: "a", tool_name: "mail.send", args: {} }],
      results: [{ intent_id: "a", status: "ok", result: {} }],
    };
    await stage.write("run.json", JSON.stringify(run));
    assert.equal((await stage.gait`run record run.json`).code, 0);
    const { code, stdout, outputs } = await runStep(stage, { CANDIDATE: "other" });
    assert.equal(code, 5);
    assert.ok(outputs.includes("status=fail") && outputs.includes("exit-code=5"), outputs.join("\n"));
    assert.match(stdout, /^::error /m);
    assert.doesNotMatch(await stage.read("summary"), /^\s*::/m);
  }));

Deno.test("the action reports an unreadable config as an error, and a missing gait as 7", () =>
  onStage(async (stage) => {
    const { code, outputs } = await runStep(stage);
    assert.equal(code, 6);
    assert.ok(outputs.includes("status=error"));
    assert.equal((await runStep(stage, { GAIT: stage.path("nowhere") })).code, 7);
  }));

Deno.test("the action takes no input that would be a second output or a command to the runner", () =>
  onStage(async (stage) => {
    await withFixture(stage);
    for (const input of ["GAIT", "CONFIG", "CANDIDATE", "ARTIFACTS"]) {
      const { code, stdout, outputs } = await runStep(stage, { [input]: "x\nstatus=pass\n::add-mask::x" });
      assert.equal(code, 6, input);
      assert.doesNotMatch(stdout, /^::add-mask/m);
      assert.deepEqual(outputs, [""]);
    }
    const { code, stdout } = await runStep(stage, { GAIT: "::add-mask::x" });
    assert.equal(code, 7);
    assert.doesNotMatch(stdout, /^\s*::add-mask/m);
  }));

Deno.test("an input of the action is the value of a flag, whatever it begins with", () =>
  onStage(async (stage) => {
    await withFixture(stage);
    assert.equal((await runStep(stage, { CONFIG: "--help" })).code, 6);
    assert.equal((await runStep(stage, { CANDIDATE: "--help" })).code, 6);
    assert.equal((await runStep(stage, { ARTIFACTS: "-p" })).code, 0);
    assert.notEqual(await stage.read("-p/junit.xml"), "");
  }));

Deno.test("the runner takes no commands while names of fixtures are shown", () =>
  onStage(async (stage) => {
    await stage.write("gait", "#!/bin/sh\necho '  ::add-mask::x'\necho '::error file=a::b'\nexit 5\n");
    await Deno.chmod(stage.path("gait"), 0o755);
    const { code, stdout } = await runStep(stage, { GAIT: stage.path("gait") });
    assert.equal(code, 5);
    const [stop, shown, resumed, annotation] = stdout.trim().split("\n");
    const word = /^::stop-commands::(gait-[0-9a-f]{32})$/.exec(stop!)![1];
    assert.deepEqual([shown, resumed, annotation], ["  ::add-mask::x", `::${word}::`, "::error file=a::b"]);
  }));
