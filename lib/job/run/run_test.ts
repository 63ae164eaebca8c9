import assert from "node:assert/strict";
import { fakeEffects } from "../../../tests/support/fake_effects.ts";
import { jobStage } from "../../../tests/support/job.ts";
import { memoryFiles } from "../../../tests/support/memory_files.ts";
import type { SuperviseRequest } from "../../effects/types.ts";
import { utf8 } from "../../formats/bytes.ts";
import type { RunOptions } from "./options.ts";
import { runJob } from "./run.ts";

const OPTIONS: RunOptions = {
  command: "work",
  args: [],
  envFingerprint: "envfp:lab",
  backoff: 1,
  logLimit: 4096,
  heartbeat: 1,
  grace: 0,
  allowEnvMismatch: false,
};

/** What a child does once it is released; returns its exit status. */
type Work = (child: { request: SuperviseRequest; attempt: number }) => number | Promise<number>;

/** A job whose command is a function. */
function runStage(work: Work, beforeRelease: () => Promise<unknown> = () => Promise.resolve()) {
  const memory = memoryFiles();
  const events: string[] = [];
  const sleeps: number[] = [];
  let attempt = 0;
  const supervision = {
    async start(request: SuperviseRequest) {
      attempt++;
      const { promise: ended, resolve: end, reject: fail } = Promise.withResolvers<
        { code: number; signal: string | undefined }
      >();
      let isDead = false;
      await beforeRelease();
      return {
        pid: 100 + attempt,
        ended,
        signal(name: string) {
          events.push(name);
          isDead ||= name === "SIGKILL";
          if (isDead) end({ code: -1, signal: name });
        },
        release() {
          events.push("release");
          const working = isDead ? -1 : Promise.resolve({ request, attempt }).then(work);
          Promise.resolve(working).then((code) => end({ code, signal: undefined }), fail);
          return Promise.resolve();
        },
      };
    },
    sleep(milliseconds: number) {
      sleeps.push(milliseconds);
      return new Promise<void>((resolve) => setTimeout(resolve, 0));
    },
    isGroupAlive: () => false,
  };
  const effects = { ...fakeEffects({ files: memory }), supervision: () => Promise.resolve(supervision) };
  const job = jobStage(effects);
  const run = (options: Partial<RunOptions> = {}) =>
    runJob(
      "jobs",
      "job-1",
      { ...OPTIONS, ...options },
      { ...job.effects, ...effects, now: job.effects.now },
      "1.0.0",
      {
        show: () => {},
        note: () => {},
      },
    );
  return { job, run, memory, events, sleeps };
}

Deno.test("of two runners that find no job, the one that submits it later runs it all the same", async () => {
  const { job, run, memory } = runStage(() => 0);
  const { makeFolder } = memory;
  memory.makeFolder = async (folder) => {
    memory.makeFolder = makeFolder;
    await job.submit();
    await makeFolder(folder);
  };
  const { state } = await run();
  assert.deepEqual([state.status, state.job_id], ["completed", "job-1"]);
});

Deno.test("runJob() submits a new job, records the lines of its command, and completes it", async () => {
  const { run, job } = runStage(async ({ request }) => {
    await request.onOutput("stdout", utf8("out\n"));
    await job.effects.files.writeAtomic(request.lines, utf8("step 1\nstep 2\nstep 3 without newline"));
    return 0;
  });
  const { state, attempt } = await run();
  assert.deepEqual([state.status, attempt], ["completed", 1]);
  assert.deepEqual(state.checkpoints.map(({ summary }) => summary), [
    "attempt 1 started: work",
    "step 1",
    "step 2",
    "step 3 without newline",
    "attempt 1 exited with 0",
  ]);
});

Deno.test("runJob() looks at the job between any few lines, and records no more when it is over", async () => {
  const steps = Array.from({ length: 500 }, (_, i) => `step ${i + 1}\n`);
  const stage: ReturnType<typeof runStage> = runStage(async ({ request }) => {
    await stage.memory.writeAtomic(request.lines, utf8(steps.join("")));
    return 0;
  });
  const running = stage.run();
  while (stage.events.length < 1) await new Promise((resolve) => setTimeout(resolve, 0));
  await stage.job.change("stop");
  const { state } = await running;
  assert.equal(state.status, "emergency_stopped");
  assert(state.checkpoints.length < 100, `${state.checkpoints.length}`);
  const whole: ReturnType<typeof runStage> = runStage(async ({ request }) => {
    await whole.memory.writeAtomic(request.lines, utf8(steps.join("")));
    return 0;
  });
  const { checkpoints } = (await whole.run()).state;
  assert.deepEqual(checkpoints.slice(1, -1).map(({ summary }) => `${summary}\n`), steps);
});

Deno.test("runJob() suspends a command whose lines are far behind, and lets it go on later", async () => {
  const long = `step ${"x".repeat(60_000)}\n`;
  let written: () => void = () => {};
  const stage: ReturnType<typeof runStage> = runStage(async ({ request }) => {
    await stage.memory.writeAtomic(request.lines, utf8(long.repeat(40)));
    await new Promise<void>((resolve) => written = resolve);
    return 0;
  });
  const running = stage.run();
  while (!stage.events.includes("SIGCONT")) await new Promise((resolve) => setTimeout(resolve, 0));
  written();
  assert.equal((await running).state.status, "completed");
  assert.deepEqual(stage.events, ["release", "SIGSTOP", "SIGCONT"]);
});

Deno.test("runJob() kills the command when its lines can't be recorded", async () => {
  const stage: ReturnType<typeof runStage> = runStage(async ({ request }) => {
    stage.memory.breakWrites("jobs/job-1/events.jsonl");
    stage.memory.breakWrites("jobs/job-1/next_state.json");
    await stage.memory.writeAtomic(request.lines, utf8("step 1\n"));
    return await new Promise<number>(() => {});
  });
  await assert.rejects(stage.run(), { code: "io_failure" });
  assert.deepEqual(stage.events, ["release", "SIGKILL"]);
});

Deno.test("runJob() waits twice as long before each further attempt, then blocks the job", async () => {
  const { run, sleeps, events } = runStage(() => 3);
  const { state, attempt } = await run({ attempts: 4, backoff: 1000 });
  assert.deepEqual([state.status, attempt], ["blocked", 4]);
  assert.deepEqual(sleeps.filter((pause) => pause >= 1000), [1000, 2000, 4000]);
  assert.equal(events.filter((event) => event === "release").length, 4);
});

Deno.test("a job that is stopped before its command begins kills it unreleased", async () => {
  const stage: ReturnType<typeof runStage> = runStage(() => assert.fail(), () => stage.job.change("stop"));
  const { state } = await stage.run();
  assert.equal(state.status, "emergency_stopped");
  assert.equal(stage.events[0], "SIGKILL");
});

Deno.test("a job that is paused before its command begins freezes it first", async () => {
  let paused = 0;
  const stage: ReturnType<typeof runStage> = runStage(() => 0, async () => {
    if (paused++ === 0) await stage.job.change("pause");
  });
  const running = stage.run();
  while (stage.events.length < 2) await new Promise((resolve) => setTimeout(resolve, 0));
  assert.deepEqual(stage.events.slice(0, 2), ["SIGSTOP", "release"]);
  await stage.job.resume();
  assert.equal((await running).state.status, "completed");
});

Deno.test("the environment of a command has the same key in every attempt, and the last step", async () => {
  const seen: Record<string, string>[] = [];
  const { run, job } = runStage(async ({ request, attempt }) => {
    seen.push(request.env);
    await job.effects.files.writeAtomic(request.lines, utf8(`step ${attempt}\n`));
    return attempt === 2 ? 0 : 1;
  });
  await run({ attempts: 2 });
  const [first, second] = seen;
  assert.equal(first!.GAIT_JOB_KEY, second!.GAIT_JOB_KEY);
  assert.match(first!.GAIT_JOB_KEY!, /^[0-9a-f]{32}$/);
  assert.deepEqual([first!.GAIT_JOB_LAST, second!.GAIT_JOB_LAST], ["", "step 1"]);
  assert.deepEqual([first!.GAIT_JOB_ATTEMPT, second!.GAIT_JOB_ATTEMPT], ["1", "2"]);
});

Deno.test("lines that a runner left when it died become checkpoints once", async () => {
  const { run, job, memory } = runStage(() => 0);
  await job.submit();
  const details = { attempt: 1, line_end: 7 };
  await job.checkpoint("progress", { summary: "step 1", details });
  await memory.writeAtomic("jobs/job-1/run-1.lines", utf8("step 1\nstep 2\n"));
  const runner = { attempt: 1, pid: 0, started_at: "", heartbeat_at: "", ended_at: "" };
  await memory.writeAtomic("jobs/job-1/runner.json", utf8(JSON.stringify(runner)));
  const { state, attempt } = await run();
  assert.equal(attempt, 2);
  assert.deepEqual(state.checkpoints.map(({ summary }) => summary).slice(0, 2), ["step 1", "step 2"]);
  assert.equal(state.checkpoints.filter(({ summary }) => summary === "step 1").length, 1);
});

/** A runner that started an attempt and died. */
async function loseAttempt({ job, memory }: ReturnType<typeof runStage>, attempt: number) {
  const details = { attempt, command_sha256: "0".repeat(64) };
  await job.checkpoint("progress", { summary: `attempt ${attempt} started: work`, details });
  const runner = { attempt, pid: 0, started_at: "", heartbeat_at: "", ended_at: "" };
  await memory.writeAtomic("jobs/job-1/runner.json", utf8(JSON.stringify(runner)));
}

Deno.test("attempts whose runner died count, and none is made when none is left", async () => {
  const stage = runStage(() => assert.fail("the command must not start"));
  await stage.job.submit();
  for (const attempt of [1, 2, 3]) await loseAttempt(stage, attempt);
  const { state, attempt, end } = await stage.run({ attempts: 3 });
  assert.deepEqual([state.status, attempt, end], ["blocked", 3, undefined]);
  const another = runStage(() => 0);
  await another.job.submit();
  for (const attempt of [1, 2]) await loseAttempt(another, attempt);
  assert.equal((await another.run({ attempts: 3 })).state.status, "completed");
});

Deno.test("without a number of attempts, one whose runner died is repeated", async () => {
  const stage = runStage(() => 0);
  await stage.job.submit();
  await loseAttempt(stage, 1);
  const { state, attempt } = await stage.run();
  assert.deepEqual([state.status, attempt], ["completed", 2]);
});

Deno.test("failures before a crash of the runner count, and are waited for", async () => {
  const stage = runStage(() => 3);
  await stage.job.submit();
  for (const attempt of [1, 2]) {
    await loseAttempt(stage, attempt);
    const details = { attempt, exit_status: 3 };
    await stage.job.checkpoint("progress", { summary: "ended", details });
  }
  const { state, attempt } = await stage.run({ attempts: 3, backoff: 1000 });
  assert.deepEqual([state.status, attempt], ["blocked", 3]);
  assert.deepEqual(stage.sleeps.filter((pause) => pause >= 1000), [2000]);
});

Deno.test("progress of the command that reads like a note of the runner's is where it continues", async () => {
  const seen: (string | undefined)[] = [];
  const { run, job } = runStage(async ({ request, attempt }) => {
    seen.push(request.env.GAIT_JOB_LAST);
    await job.effects.files.writeAtomic(request.lines, utf8("attempt 3 started\n"));
    return attempt === 2 ? 0 : 1;
  });
  await run({ attempts: 2 });
  assert.deepEqual(seen, ["", "attempt 3 started"]);
});

Deno.test("a record of a runner that can't be read is refused: its last attempt may be alive", async () => {
  const { run, job, memory } = runStage(() => 0);
  await job.submit();
  await memory.writeAtomic("jobs/job-1/runner.json", utf8("{"));
  await assert.rejects(run(), { detail: "runner_invalid" });
});
