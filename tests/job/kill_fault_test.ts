/**
 * SIGKILL at random moments of submit, checkpoint, pause, resume and approve (docs/threat_model.md 21): afterwards state
 * and log agree, what was acknowledged is there, and the job goes on. `GAIT_KILL_ROUNDS` sets how often, in all.
 */
import assert from "node:assert/strict";
import { systemEffects } from "../../lib/effects/mod.ts";
import { findDivergences } from "../../lib/job/divergences.ts";
import { jobStage } from "../support/job.ts";
import { argv } from "../support/argv.ts";
import { repository } from "../support/places.ts";

const KINDS = ["submit", "checkpoint", "pause", "approve"] as const;
const ROUNDS = Number(Deno.env.get("GAIT_KILL_ROUNDS") ?? 60);
const effects = systemEffects();

/** Let a process finish a few operations, and kill it some moments later. @returns how many it said it finished */
async function workAndDie(root: string, id: string, kind: string): Promise<number> {
  const child = new Deno.Command(Deno.execPath(), {
    args: argv`run -q -A --no-check ${repository}tests/job/kill_worker.ts ${root} ${id} ${kind}`,
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const reader = child.stdout.getReader();
  let said = 0;
  for (const wanted = 1 + Math.floor(Math.random() * 4); said < wanted;) {
    const { value, done } = await reader.read();
    assert(!done, "it must not end by itself");
    said += value.length;
  }
  const moment = setTimeout(() => child.kill("SIGKILL"), Math.random() * 10);
  for (let part = await reader.read(); !part.done; part = await reader.read()) said += part.value.length;
  assert.equal((await child.status).signal, "SIGKILL");
  clearTimeout(moment);
  return said;
}

for (const kind of KINDS) {
  const rounds = Math.ceil(ROUNDS / KINDS.length);
  Deno.test(`jobs survive ${rounds} kills during ${kind === "pause" ? "pause and resume" : kind}`, async () => {
    const root = await Deno.makeTempDir({ prefix: "gait-jobs-" });
    try {
      await (kind === "submit" ? submitAndDie(root, rounds) : changeAndDie(root, kind, rounds));
    } finally {
      await Deno.remove(root, { recursive: true });
    }
  });
}

async function submitAndDie(root: string, rounds: number): Promise<void> {
  let submitted = 0;
  for (let round = 0; round < rounds; round++) {
    submitted += await workAndDie(root, `r${round}`, "submit");
    const ids = [...Deno.readDirSync(root)].map((entry) => entry.name);
    let there = 0;
    for (const id of ids) {
      const job = jobStage(effects, id, root);
      const state = await job.read().catch((error) => error.detail);
      // A submit that was not acknowledged may be gone; then the id is free.
      if (state === "job_not_found") assert.equal((await job.submit()).state.revision, 1);
      else there++;
      assert.equal((await job.checkpoint()).state.revision, 2);
      await Deno.remove(`${root}/${id}`, { recursive: true });
    }
    assert([0, 1].includes(there - submitted), `${there} of ${submitted}`);
    submitted = 0;
  }
}

async function changeAndDie(
  root: string,
  kind: "checkpoint" | "pause" | "approve",
  rounds: number,
): Promise<void> {
  const job = jobStage(effects, "job-1", root);
  let revision = (await job.submit()).state.revision;
  for (let round = 0; round < rounds; round++) {
    const said = await workAndDie(root, "job-1", kind);
    const { state } = await job.read();
    // What was under way when it died may have been recorded without being acknowledged.
    assert([0, 1].includes(state.revision - revision - said), `${revision} + ${said} gave ${state.revision}`);
    const { events } = await job.inspect();
    assert.deepEqual(events.map((event) => event.revision), Array.from(events, (_, i) => i + 1));
    assert.deepEqual(await findDivergences(root, effects.files), []);
    if (state.status === "paused") await job.resume();
    revision = (await job.checkpoint()).state.revision;
  }
  assert.deepEqual(
    [...Deno.readDirSync(`${root}/job-1`)].filter((entry) => entry.name.endsWith(".lock")),
    [],
  );
}
