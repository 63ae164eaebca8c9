/**
 * `deno run -A bench/job/checkpoint.ts [--quick]`: the cost of one more checkpoint of a job that has none and of one that
 * has ten thousand, alternating: as commands, each of which reads and checks the whole state and writes it once; and in
 * process, both where the process wrote the state last, as `gait job run` did, and where it must read it anew.
 */
import { systemEffects } from "../../lib/effects/mod.ts";
import { addCheckpoint } from "../../lib/job/checkpoints.ts";
import { readState } from "../../lib/job/state.ts";
import { encodeState } from "../../lib/job/written_state.ts";
import { submitJob } from "../../lib/job/submit.ts";
import { makeWorkFolder, root } from "../../scripts/root.ts";
import { unlinkedLog } from "../../tests/support/job.ts";
import { timeInTurn } from "../processes.ts";
import { conclude, median, ms, printTable } from "../table.ts";

const quick = Deno.args.includes("--quick");
const MANY = 10_000;
const ROUNDS = quick ? 10 : 50;
const BUDGET = 2;

const effects = systemEffects();
const input = { summary: "step 47 of the nightly run is done" };
const folder = await makeWorkFolder("bench-");
try {
  const jobs = ["small", "large"] as const;
  for (const id of jobs) {
    await submitJob(folder, id, {}, effects, "1.0.0");
    await addCheckpoint(folder, id, input, effects);
  }
  const state = await readState(`${folder}/large`, effects.files);
  const checkpoints = Array.from({ length: MANY }, (_, i) => ({
    ...state.checkpoints[0]!,
    checkpoint_id: `cp_${String(i + 1).padStart(4, "0")}`,
  }));
  // As another program writes it: a state that was edited would be refused.
  const log = `${folder}/large/events.jsonl`;
  await Deno.writeTextFile(log, unlinkedLog(await Deno.readTextFile(log)));
  const { log_digest: _, ...unlinked } = state;
  await Deno.writeFile(`${folder}/large/state.json`, encodeState({ ...unlinked, checkpoints }));
  await asCommands(jobs);
  await inProcess(jobs);
} finally {
  await Deno.remove(folder, { recursive: true });
}

async function asCommands(jobs: readonly string[]): Promise<void> {
  const words = ["job", "checkpoint", "add", "--root", folder, "--summary", input.summary, "--id"];
  const programs = jobs.map((name) => ({ name, command: [`${root}bin/gait`, ...words, name], folder }));
  const [small, large] = await timeInTurn(programs, ROUNDS, {});
  printTable("job checkpoint add as a command (median wall, CPU)", [
    "checkpoints",
    "ms",
    "CPU ms",
    "ratio",
    "budget",
  ], [
    ["0 to 100", ms(small!.wall), ms(small!.cpu ?? NaN), "1.00", ""],
    [
      MANY.toLocaleString("en"),
      ms(large!.wall),
      ms(large!.cpu ?? NaN),
      (large!.wall / small!.wall).toFixed(2),
      conclude(large!.wall / small!.wall, BUDGET),
    ],
  ]);
}

async function inProcess(jobs: readonly string[]): Promise<void> {
  for (
    const [how, effectsOf] of [["state held", systemEffects], ["state read anew", () => effects]] as const
  ) {
    // Each job has effects of its own, as a process has: only the state that was used last is held.
    const runners = jobs.map((id) => ({ id, effects: effectsOf(), times: [] as number[] }));
    for (let round = -1; round < ROUNDS; round++) {
      for (const { id, effects, times } of runners) {
        const started = performance.now();
        await addCheckpoint(folder, id, input, effects);
        if (round >= 0) times.push(performance.now() - started);
      }
    }
    const [small, large] = runners.map(({ times }) => median(times)) as [number, number];
    printTable(`the same in process, ${how} (median)`, ["checkpoints", "ms", "ratio"], [
      ["0 to 200", ms(small), "1.00"],
      [MANY.toLocaleString("en"), ms(large), (large / small).toFixed(2)],
    ]);
  }
}
