/** Commands that run as durable jobs, as a user runs them. */
import assert from "node:assert/strict";
import { sha256 } from "../../lib/signing/mod.ts";
import { onStage } from "../support/gait.ts";
import { repository } from "../support/places.ts";
import { groupIn, isAlive, shellTest, start, until } from "../support/running_job.ts";

const exists = (path: string) => Deno.stat(path).then(() => true, () => false);

shellTest("job run records attempt, steps, exit status and digests of the output", async ({ gait, read }) => {
  const run = await gait(
    ...["job", "run", "--id", "a", "--json", "--", "/bin/sh", "-c"],
    'echo out; echo err >&2; echo "step 1" >&"$GAIT_JOB_FD"; echo \'{"summary":"step 2"}\' >&3',
  );
  assert.equal(run.code, 0);
  assert.deepEqual([run.json.ok, run.json.attempt, run.json.job.status], [true, 1, "completed"]);
  const { json } = await gait`job inspect --id a --json`;
  assert.deepEqual(
    json.job.checkpoints.map((checkpoint: { type: string }) => checkpoint.type),
    ["progress", "progress", "progress", "completed"],
  );
  const { payload } = json.events.at(-1);
  assert.deepEqual([payload.exit_status, payload.attempt], [0, 1]);
  assert.equal(payload.stdout_sha256, await sha256("out\n"));
  assert.equal(payload.stderr_sha256, await sha256("err\n"));
  assert.match(await read("gait-out/jobs/a/run.log"), /out\n/);
  assert.equal((await gait`job status --id a --json`).json.runner.state, "ended");
  // Done is done: running it again does nothing.
  assert.equal((await gait`job run --id a --json -- /bin/false`).json.attempt, undefined);
});

shellTest(
  "job run starts a failing command again, and blocks the job when it never works",
  async ({ gait }) => {
    const run = await gait(
      ...["job", "run", "--id", "a", "--attempts", "3", "--backoff", "1ms", "--json", "--"],
      ...["/bin/sh", "-c", "exit $GAIT_JOB_ATTEMPT"],
    );
    assert.deepEqual([run.code, run.json.error_detail, run.json.exit_status], [1, "command_failed", 3]);
    assert.equal(run.json.job.status, "blocked");
    const again = await gait`job run --id a --json -- /bin/true`;
    assert.deepEqual([again.code, again.json.error_detail], [6, "illegal_transition"]);
    await gait`job resume --id a`;
    const last = await gait`job run --id a --json -- /bin/true`;
    assert.deepEqual([last.code, last.json.attempt], [0, 4]);
  },
);

shellTest("a command waits for the decision that it asks for, frozen", async (stage) => {
  const { gait, path } = stage;
  const script =
    'echo "decision-needed drop the index?" >&3; while ! [ -e go ]; do sleep 0.05; done; touch done';
  const run = start(stage, "a", script);
  await until(async () => (await gait`job status --id a --json`).json.job?.status === "decision_needed");
  const resumed = await gait`job resume --id a --json`;
  assert.equal(resumed.json.error_detail, "approval_missing");
  await stage.write("go", "");
  const second = await gait`job run --id a --json -- /bin/true`;
  assert.equal(second.code, 6);
  assert.equal(await exists(path("done")), false);
  await gait`job approve --id a --actor lead`;
  await gait`job resume --id a`;
  assert.equal((await run.ended).code, 0);
  assert(await exists(path("done")));
});

shellTest("stop and cancel end the whole process group", async (stage) => {
  for (const end of ["stop", "cancel"]) {
    // A grandchild that ignores what can be ignored and holds the output open.
    const script = `(trap '' TERM HUP; echo $$ > ${end}.pid; while :; do sleep 0.05; done) & wait`;
    const run = start(stage, end, script, "--grace", "100ms");
    const group = await groupIn(stage, `${end}.pid`);
    assert.equal((await stage.gait("job", end, "--id", end)).code, 0);
    assert.equal((await run.ended).code, 3);
    await until(() => Promise.resolve(!isAlive(group)));
  }
});

shellTest(
  "a runner that dies takes its command along, is seen as lost, and another one goes on",
  async (stage) => {
    const { gait, path } = stage;
    const script =
      'echo $$ > pid; echo "step $GAIT_JOB_ATTEMPT" >&3; [ "$GAIT_JOB_ATTEMPT" = 2 ] && exit 0; sleep 600';
    const run = start(stage, "a", script);
    await until(async () => (await gait`job checkpoint list --id a --json`).json.checkpoints?.length === 2);
    assert.equal((await gait`job status --id a --json`).json.runner.state, "running");
    const other = await gait`job run --id a --json -- /bin/true`;
    assert.deepEqual([other.code, other.json.error_detail], [6, "already_running"]);
    const group = await groupIn(stage, "pid");
    run.kill();
    await run.ended;
    assert.equal((await gait`job status --id a --json`).json.runner.state, "lost");
    const next = await gait("job", "run", "--id", "a", "--json", "--", "/bin/sh", "-c", script);
    assert.deepEqual([next.code, next.json.attempt], [0, 2]);
    await until(() => Promise.resolve(!isAlive(group)));
    assert.equal(await exists(path("gait-out/jobs/a/run.fence")), false);
  },
);

shellTest("a job that runs elsewhere than it was submitted needs that to be accepted", async ({ gait }) => {
  await gait`job submit --id a --env-fingerprint envfp:lab`;
  const run = await gait`job run --id a --json -- /bin/true`;
  assert.deepEqual([run.code, run.json.error_detail], [6, "environment_mismatch"]);
  assert.equal((await gait`job run --id a --allow-env-mismatch -- /bin/true`).code, 0);
});

shellTest("the log keeps the end of what was printed, within its limit", async ({ gait, bytes }) => {
  await gait(
    ...["job", "run", "--id", "a", "--log-limit", "4096", "--", "/bin/sh", "-c"],
    "i=0; while [ $i -lt 3000 ]; do i=$((i + 1)); echo line $i; done",
  );
  assert((await bytes("gait-out/jobs/a/run.log")).length <= 4096);
  assert.equal((await gait`job logs --id a --tail 1`).stdout, "line 3000\n");
});

shellTest("list, watch and logs tell about jobs", async ({ gait, write }) => {
  assert.deepEqual((await gait`job list --json`).json.jobs, []);
  await write("file", "");
  for (const root of ["mistyped", "file"]) {
    const none = await gait`job list --root ${root} --json`;
    assert.deepEqual([none.code, none.json.error], [6, `There is no folder "${root}"`]);
  }
  await gait`job run --id a -- /bin/echo hello`;
  await write("gait-out/jobs/broken/state.json", "{");
  const { json } = await gait`job list --json`;
  assert.deepEqual(json.jobs.map((job: { job_id: string }) => job.job_id), ["a", "broken"]);
  assert.deepEqual([json.jobs[0].status, typeof json.jobs[1].error], ["completed", "string"]);
  const watched = await gait`job watch --id a`;
  assert.deepEqual([watched.code, watched.stderr], [0, ""]);
  assert.match(watched.stdout, /completed cp_0002[^]*job watch: id=a status=completed/);
  const object = await gait`job watch --id a --json`;
  assert.match(object.stderr, /completed cp_0002/);
  assert.equal(object.json.events.length, object.json.job.revision);
  assert.match((await gait`job logs --id a`).stdout, /hello/);
  await gait`job submit --id b`;
  assert.equal((await gait`job logs --id b --json`).json.error_detail, "log_not_found");
});

shellTest("a descendant that left the group and holds the output does not hold the job", async ({ gait }) => {
  const run = await gait(
    ...["job", "run", "--id", "a", "--", "/bin/sh", "-c"],
    "command -v setsid >/dev/null || exit 0; setsid sleep 30 & exit 0",
  );
  assert.equal(run.code, 0);
});

shellTest(
  "checkpoint add --wait comes back when the decision was taken, and fails when the job is over",
  async (stage) => {
    const { gait } = stage;
    const ask =
      `${repository}bin/gait job checkpoint add --id "$GAIT_JOB_ID" --root "$GAIT_JOB_ROOT" --wait ` +
      "--type decision-needed --summary q --required-action a >/dev/null";
    for (const [id, code] of [["a", 0], ["b", 3]] as const) {
      const run = start(stage, id, `${ask} && touch ${id}.done`);
      await until(async () =>
        (await gait("job", "status", "--id", id, "--json")).json.job?.status === "decision_needed"
      );
      assert.equal(await exists(stage.path(`${id}.done`)), false);
      if (id === "a") {
        await gait`job approve --id a --actor lead`;
        await gait`job resume --id a`;
      } else await gait`job cancel --id b`;
      assert.equal((await run.ended).code, code);
      assert.equal(await exists(stage.path(`${id}.done`)), code === 0);
    }
  },
);

shellTest("a command that completes its job by a line runs on to its end", async ({ gait, read }) => {
  const script = 'echo "completed done" >&3; while [ ! -s gait-out/jobs/a/seen ]; do ' +
    'grep -q \'"status": *"completed"\' gait-out/jobs/a/state.json && echo x > gait-out/jobs/a/seen; ' +
    "sleep 0.02; done; sleep 0.3; echo end > end";
  assert.equal((await gait("job", "run", "--id", "a", "--", "/bin/sh", "-c", script)).code, 0);
  assert.equal(await read("end"), "end\n");
});

shellTest(
  "17: links in the place of the runner's files are not written through",
  async ({ gait, read, write, path }) => {
    await write("precious", "precious");
    assert.equal((await gait`job submit --id a`).code, 0);
    for (const name of ["run.log", "run.fence", "run-1.lines"]) {
      await Deno.symlink(path("precious"), path(`gait-out/jobs/a/${name}`));
    }
    assert.equal(
      (await gait("job", "run", "--id", "a", "--", "/bin/sh", "-c", "echo out; echo s >&3")).code,
      0,
    );
    assert.equal(await read("precious"), "precious");
    assert.match(await read("gait-out/jobs/a/run.log"), /out\n/);
  },
);

shellTest("a job runs under no other policy or identity than it is bound to", async ({ gait }) => {
  assert.equal((await gait`job submit --id a --policy-digest one --identity agent`).code, 0);
  const run = (...flags: string[]) =>
    gait("job", "run", "--id", "a", ...flags, "--json", "--", "/bin/sh", "-c", "true");
  for (
    const [flags, detail] of [
      [["--policy-digest", "two"], "policy_mismatch"],
      [["--policy-ref", "two"], "policy_mismatch"],
      [["--identity", "other"], "identity_mismatch"],
    ] as const
  ) {
    const { code, json } = await run(...flags);
    assert.deepEqual([code, json.error_detail], [6, detail]);
  }
  assert.equal((await run("--policy-digest", "one", "--identity", "agent")).code, 0);
});

shellTest(
  "a record of a runner that names a frozen group wakes nobody, and one of group 1 is none",
  async (stage) => {
    const { gait, write } = stage;
    const frozen = new Deno.Command("/bin/sh", {
      args: ["-c", "kill -STOP $$; echo > awake"],
      cwd: stage.folder,
      detached: true,
    })
      .spawn();
    try {
      const status = () => Deno.readTextFile(`/proc/${frozen.pid}/stat`);
      if (Deno.build.os === "linux") await until(async () => / T /.test(await status()));
      assert.equal((await gait`job submit --id a`).code, 0);
      await write("gait-out/jobs/a/run.fence", "");
      const times = { started_at: "", heartbeat_at: "", ended_at: "" };
      const record = (pid: number) =>
        write("gait-out/jobs/a/runner.json", JSON.stringify({ attempt: 1, pid, ...times }));
      const run = () => gait("job", "run", "--id", "a", "--json", "--", "/bin/sh", "-c", "true");
      await record(1);
      assert.equal((await run()).json.error_detail, "runner_invalid");
      for (const more of ['"PID":2', '"p\\u0069d":2', '"pid2":2', '"schema_id":"gait.job.state"']) {
        const known = JSON.stringify({ attempt: 1, pid: frozen.pid, ...times });
        await write("gait-out/jobs/a/runner.json", known.replace("{", `{${more},`));
        assert.equal((await run()).json.error_detail, "runner_invalid", more);
      }
      await record(frozen.pid);
      assert.equal((await run()).json.error_detail, "already_running");
      assert.equal(await exists(stage.path("awake")), false);
      if (Deno.build.os === "linux") assert.match(await status(), / T /);
    } finally {
      Deno.kill(frozen.pid, "SIGKILL");
      await frozen.status;
    }
  },
);

Deno.test("a completed job is not taken for the run of another command", () =>
  onStage(async ({ gait }) => {
    const run = (...command: string[]) => gait("job", "run", "--id", "a", "--json", "--", ...command);
    assert.equal((await run("/bin/echo", "one")).code, 0);
    const again = await run("/bin/echo", "one");
    assert.deepEqual([again.code, again.json.attempt ?? 0], [0, 0]);
    for (const other of [["/bin/echo", "two"], ["/bin/true"]]) {
      const { code, json } = await run(...other);
      assert.deepEqual([code, json.error_detail], [6, "other_command"]);
    }
  }));
