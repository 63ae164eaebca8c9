/**
 * `deno run -A bench/session/append.ts [--quick]`: the cost of `run session append` with 100 and with 1,000,000
 * entries in the journal, alternating, in process and as commands; and the throughput of eight concurrent processes.
 */
import { systemEffects } from "../../lib/effects/mod.ts";
import { appendEvent } from "../../lib/session/append.ts";
import { sessionStatus } from "../../lib/session/status.ts";
import { appendsPerSecond } from "../calibrations.ts";
import { timeInTurn } from "../processes.ts";
import { conclude, median, ms, printTable } from "../table.ts";
import { buildJournal } from "./build.ts";
import { makeWorkFolder, root } from "../../scripts/root.ts";

const quick = Deno.args.includes("--quick");
const SIZES = [100, quick ? 50_000 : 1_000_000] as const;
const ROUNDS = quick ? 40 : 200;
const PROCESSES = 8;
const EACH = quick ? 10 : 50;

/** More than ten percent for ten thousand times the length would be a growing cost. */
const BUDGET = 1.1;

const effects = systemEffects();
const input = { toolName: "files.read", verdict: "allow" } as const;
const folder = await makeWorkFolder("bench-");
try {
  const journals: Grown[] = [];
  for (const entries of SIZES) {
    const journal = `${folder}/${entries}.jsonl`;
    await buildJournal(journal, entries);
    const started = performance.now();
    await sessionStatus(journal, effects, "1.0.0"); // reads all of it, and writes the state
    journals.push({ journal, entries, whole: performance.now() - started });
  }
  await inProcess(journals);
  await asCommands(journals.map(({ journal }) => journal));
  await atOnce();
  console.log(`\n  append: 2.4 KB with fsync, ${(await appendsPerSecond(quick ? 300 : 2000)).toFixed(0)}/s`);
} finally {
  await Deno.remove(folder, { recursive: true });
}

/** A journal with the time to check it completely. */
interface Grown {
  readonly journal: string;
  readonly entries: number;
  readonly whole: number;
}

async function inProcess(journals: readonly Grown[]) {
  const times = journals.map((): number[] => []);
  for (let round = 0; round < ROUNDS; round++) {
    for (const [i, { journal }] of journals.entries()) {
      const started = performance.now();
      await appendEvent(journal, input, effects, "1.0.0");
      times[i]!.push(performance.now() - started);
    }
  }
  const [small, large] = times.map(median) as [number, number];
  printTable("run session append in process (median)", [
    "entries",
    "append ms",
    "ratio",
    "budget",
    "status ms",
  ], [
    [SIZES[0].toLocaleString("en"), ms(small), "1.00", "", ms(journals[0]!.whole)],
    [
      SIZES[1].toLocaleString("en"),
      ms(large),
      (large / small).toFixed(2),
      conclude(large / small, BUDGET),
      ms(journals[1]!.whole),
    ],
  ]);
}

async function asCommands(journals: readonly string[]) {
  const gait = `${root}bin/gait`;
  const programs = journals.map((journal) => ({
    name: journal,
    command: [gait, "run", "session", "append", "--journal", journal, "--tool", "t", "--verdict", "allow"],
    folder,
  }));
  const timings = await timeInTurn(programs, quick ? 8 : 40, { NO_COLOR: "1" });
  const [small, large] = timings.map(({ wall }) => wall) as [number, number];
  printTable("run session append as a command (median wall time)", ["entries", "wall ms", "ratio"], [
    [SIZES[0].toLocaleString("en"), ms(small), "1.00"],
    [SIZES[1].toLocaleString("en"), ms(large), (large / small).toFixed(2)],
  ]);
}

/** Eight concurrent processes, compared with one that does all appends. */
async function atOnce() {
  const rows: string[][] = [];
  for (const processes of [1, PROCESSES]) {
    const journal = `${folder}/at-once-${processes}.jsonl`;
    await buildJournal(journal, 1);
    const each = PROCESSES * EACH / processes;
    const worker = `${import.meta.dirname}/worker.ts`;
    const children = Array.from({ length: processes }, () =>
      new Deno.Command(Deno.execPath(), {
        args: ["run", "-q", "-A", "--no-check", worker, journal, String(each)],
        stdout: "piped",
      }).spawn());
    const outputs = await Promise.all(children.map((child) => child.output()));
    if (outputs.some(({ success }) => !success)) throw new Error("a process failed");
    // From the first to the last append, without start-up.
    const spans = outputs.map(({ stdout }) =>
      JSON.parse(new TextDecoder().decode(stdout)) as [number, number]
    );
    const elapsed = Math.max(...spans.map(([, end]) => end)) - Math.min(...spans.map(([start]) => start));
    const { state } = await sessionStatus(journal, effects, "1.0.0");
    if (state.last_sequence !== 1 + PROCESSES * EACH) throw new Error("an append was lost");
    rows.push([String(processes), String(PROCESSES * EACH), (PROCESSES * EACH / elapsed * 1000).toFixed(0)]);
  }
  printTable("Appending at once", ["processes", "appends", "per second"], rows);
}
