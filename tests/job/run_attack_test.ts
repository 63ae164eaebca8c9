/** What the command of a job may try, and what stands in its folder: the job is stopped when it is told to, and goes on. */
import assert from "node:assert/strict";
import { groupIn, isAlive, shellTest, start, until } from "../support/running_job.ts";

shellTest(
  "22: a command that floods its lines is stopped, and doesn't fill the disk with them",
  async (stage) => {
    const { gait, path } = stage;
    const flood = "while :; do cat block; done >&3";
    await stage.write("block", "step 1\n".repeat(10_000));
    const run = start(stage, "a", flood);
    const lines = path("gait-out/jobs/a/run-1.lines");
    await until(async () => ((await Deno.stat(lines).catch(() => undefined))?.size ?? 0) > 1 << 20);
    assert.equal((await gait`job stop --id a --json`).json.job?.status, "emergency_stopped");
    assert.equal((await run.ended).code, 3);
    const { size } = await Deno.stat(lines);
    const { json } = await gait`job inspect --id a --json`;
    assert(json.events.length < 10_000);
    assert.equal((await Deno.stat(lines)).size, size);
  },
);

shellTest("a request that lacks its newline is recorded when the command exits by itself", async (stage) => {
  const { gait } = stage;
  const ask = (end: string) =>
    `[ $GAIT_JOB_ATTEMPT = 2 ] || { printf 'decision-needed drop it?' >&3; ${end}; }`;
  const run = start(stage, "a", ask("exit 0"));
  await until(async () => (await gait`job status --id a --json`).json.job?.status === "decision_needed");
  await gait`job approve --id a --actor lead`;
  await gait`job resume --id a`;
  assert.deepEqual([(await run.ended).code, JSON.parse((await run.ended).stdout).attempt], [0, 2]);
  // A line that was cut off by a signal says nothing, and the attempt is repeated.
  const cut = start(stage, "b", ask("kill -s KILL $$"), "--attempts", "2", "--backoff", "1ms");
  assert.equal((await cut.ended).code, 0);
  const { json } = await gait`job inspect --id b --json`;
  assert(json.job.checkpoints.every(({ type }: { type: string }) => type !== "decision-needed"));
});

shellTest(
  "a summary that no environment variable can hold doesn't keep a job from going on",
  async ({ gait, read }) => {
    const script = 'printf "%s" "$GAIT_JOB_LAST" >last; ' +
      `[ $GAIT_JOB_ATTEMPT = 2 ] || { printf '{"summary":"a\\\\u0000b"}\\n' >&3; exit 1; }`;
    const flags = ["--attempts", "2", "--backoff", "1ms"];
    assert.equal((await gait("job", "run", "--id", "a", ...flags, "--", "/bin/sh", "-c", script)).code, 0);
    assert.equal(await read("last"), "a\ufffdb");
  },
);

shellTest("a log that can't be written ends the command with an error", async (stage) => {
  const log = "gait-out/jobs/a/run.log";
  const script = `echo $$ >group; rm ${log}; mkdir ${log}; echo out; sleep 60`;
  const run = start(stage, "a", script);
  const group = await groupIn(stage, "group");
  const { code, stdout } = await run.ended;
  assert.deepEqual([code, JSON.parse(stdout).ok, JSON.parse(stdout).error_code], [
    6,
    false,
    "invalid_input",
  ]);
  await until(() => Promise.resolve(!isAlive(group)));
  assert.equal((await stage.gait`job status --id a --json`).json.runner.state, "lost");
});

shellTest("a runner that waited for another one's job is not done by it", async (stage) => {
  const { gait, path } = stage;
  const first = start(stage, "a", "echo $$ >group; until [ -e go ]; do sleep 0.02; done");
  await groupIn(stage, "group");
  const second = start(stage, "a", "touch other");
  await stage.write("go", "");
  assert.equal((await first.ended).code, 0);
  const { code, stdout } = await second.ended;
  assert.equal(code, 6);
  assert(["other_command", "already_running"].includes(JSON.parse(stdout).error_detail));
  assert.equal(await Deno.stat(path("other")).then(() => true, () => false), false);
  assert.equal((await gait`job inspect --id a --json`).json.job.status, "completed");
});

shellTest("17: a job whose folder is a link is shown and not changed", async ({ gait, path, read }) => {
  await gait`job submit --id a`;
  await Deno.rename(path("gait-out/jobs/a"), path("other"));
  await Deno.symlink(path("other"), path("gait-out/jobs/a"));
  const before = await read("other/state.json");
  for (const change of ["stop", "pause", "cancel", "submit", "resume"]) {
    const { code, json } = await gait("job", change, "--id", "a", "--json");
    assert.deepEqual([change, code, json.error_code], [change, 8, "unsafe_operation"]);
  }
  assert.equal((await gait`job run --id a --json -- true`).code, 8);
  assert.equal(await read("other/state.json"), before);
  assert.equal((await gait`job status --id a --json`).json.job.status, "running");
});

shellTest(
  "17: an event is not written through a link, and cuts off nothing behind one",
  async ({ gait, read, write, path }) => {
    for (const text of ["precious", "precious\n", "{\n".repeat(100)]) {
      await gait`job submit --id a`;
      await write("precious", text);
      await Deno.remove(path("gait-out/jobs/a/events.jsonl"));
      await Deno.symlink(path("precious"), path("gait-out/jobs/a/events.jsonl"));
      for (const change of ["stop", "pause"]) {
        const { code, json } = await gait("job", change, "--id", "a", "--json");
        assert.deepEqual([code, json.error_detail], [6, "event_log_invalid"]);
      }
      assert.equal(await read("precious"), text);
      assert.equal((await gait`job status --id a --json`).json.job.status, "running");
      await Deno.remove(path("gait-out/jobs/a"), { recursive: true });
    }
  },
);
