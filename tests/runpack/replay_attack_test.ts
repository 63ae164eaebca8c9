/**
 * Runs that want out when they are replayed for real: whoever made the runpack chose the paths, and no path may lead
 * out of the working folder or to what Gait itself relies on (docs/spec/core.md 5.3, step 5).
 */
import assert from "node:assert/strict";
import { argv } from "../support/argv.ts";
import { onStage, type Stage } from "../support/gait.ts";

const REAL = argv`--real-tools --unsafe-real-tools --allow-tools file.write`;

/** Record a run that writes a file in `w/`, then replay it there. Tells what there is outside and inside afterwards. */
async function replay({ gaitWith, write, path, files, read }: Stage, target: string) {
  await write("outside/there.txt", "before");
  await write("w/.gait/trust/lead.key", "trusted");
  await write("w/sub/keep.txt", "before");
  for (
    const [link, to] of [["data", "outside"], ["sub/up", "."], ["sub/config", "w/.gait"], [
      "file",
      "outside/there.txt",
    ]]
  ) {
    await Deno.symlink(path(to!), path(`w/${link}`));
  }
  const intent = { intent_id: "1", tool_name: "file.write", args: { path: target, content: "gate: {}" } };
  await write(
    "w/run.json",
    JSON.stringify({ run: { run_id: "r" }, capture_mode: "raw", intents: [intent], results: [] }),
  );
  const cwd = path("w");
  assert.equal((await gaitWith({ cwd }, ...argv`run record run.json --capture-mode raw`)).code, 0);
  const before = await snapshot(await files(), read);
  const { code, json } = await gaitWith(
    { cwd, env: { GAIT_ALLOW_REAL_REPLAY: "1" } },
    ...argv`run replay r ${REAL} --json`,
  );
  return { before, after: await snapshot(await files(), read), code, step: json.steps[0] };
}

async function snapshot(names: string[], read: Stage["read"]): Promise<Record<string, string>> {
  // Links to folders are listed, too, and have nothing to read.
  const contents = names.map(async (name) => [name, await read(name).catch(() => "")] as const);
  return Object.fromEntries(await Promise.all(contents));
}

const hostile = {
  "a link to another folder": "data/out.txt",
  "a folder below a link": "data/deep/out.txt",
  "a link that is the file": "file",
  "a link upwards": "sub/up/outside/out.txt",
  "the trust folder": ".gait/trust/mine.key",
  "the trust folder by another case": ".GAIT/trust/mine.key",
  "the configuration": ".gait/config.yaml",
  "a link to the configuration": "sub/config/config.yaml",
  "the regressions": "gait.yaml",
  "its own recording": "gait-out/runpack_r.zip",
  "the counters": ".gait-out/gate_rate_limits.json",
  "a hook": ".git/hooks/pre-commit",
};

for (const [what, target] of Object.entries(hostile)) {
  Deno.test(`a replayed run can't write to ${what}`, () =>
    onStage(async (stage) => {
      const { before, after, code, step } = await replay(stage, target);
      assert.deepEqual([code, step.status, step.execution], [0, "error", "executed"]);
      assert.deepEqual(after, before);
    }));
}

Deno.test("a replayed run writes inside the working folder, also below links that stay there", () =>
  onStage(async (stage) => {
    const { before, after, step } = await replay(stage, "sub/new/note.txt");
    assert.equal(step.status, "ok");
    assert.deepEqual(after, { ...before, "w/sub/new/note.txt": "gate: {}" });
  }));
