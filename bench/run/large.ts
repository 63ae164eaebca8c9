/**
 * `deno run -A bench/run/large.ts [calls] [rounds]`: what import, recording and comparing of large runs cost, start
 * to end, in multiples of a process that parses and hashes the same JSON and does nothing else. Time of the processor
 * counts all threads, and other load on the machine counts little in it; time on the wall is what somebody waits, and
 * says something on a machine alone with at least two cores.
 */
import { bundle } from "../../scripts/bundle.ts";
import { makeWorkFolder, root } from "../../scripts/root.ts";
import { setUp } from "../../scripts/setup.ts";
import { BUNDLE_ENVIRONMENT, bundleCommand } from "../bundle_command.ts";
import { conclude, median, ms, printTable } from "../table.ts";
import { logLines, recordInput } from "./inputs.ts";

const calls = Number(Deno.args[0] ?? 100_000);
const rounds = Number(Deno.args[1] ?? 5);

/** Most multiples of plain, and most memory in megabytes. */
const BUDGET = { "run import": 3, "run record": 2, "run diff": 3 } as const;
const MEMORY = 250;

/** Clock ticks of /proc a second. */
const TICKS = 100;

await setUp();
await bundle();
const gait = await bundleCommand();
const folder = await makeWorkFolder("bench-");
try {
  Deno.writeTextFileSync(`${folder}/log.jsonl`, [...logLines(calls)].map((line) => line + "\n").join(""));
  for (const [name, changed] of [["a", false], ["b", true]] as const) {
    Deno.writeTextFileSync(`${folder}/${name}.json`, JSON.stringify(recordInput(calls, changed)));
    await run([...gait, "run", "record", `${name}.json`]);
  }
  const plain = [gait[0]!, "run", "-q", "-A", "--no-config", `${root}bench/run/plain.ts`];
  const jobs = [
    ["run import", [...plain, "lines", "log.jsonl"], [
      ...gait,
      ..."run import log.jsonl --force".split(" "),
    ]],
    ["run record", [...plain, "document", "a.json"], [...gait, ..."run record a.json --force".split(" ")]],
    ["run diff", [...plain, "document", "a.json", "b.json"], [
      ...gait,
      ..."run diff run_bench_a run_bench_b".split(" "),
    ]],
  ] as const;
  const rows = [];
  for (const [name, alone, whole] of jobs) {
    const [base, own]: [Cost[], Cost[]] = [[], []];
    for (let round = 0; round < rounds; round++) {
      base.push(await run(alone));
      own.push(await run(whole, name === "run diff" ? 2 : 0));
    }
    const time = (costs: readonly Cost[]) => median(costs.map((cost) => cost.time));
    const wall = (costs: readonly Cost[]) => median(costs.map((cost) => cost.wall));
    const ratio = time(own) / time(base);
    const peak = median(own.map((cost) => cost.peak)) / 1e6;
    rows.push([
      name,
      ms(time(base)),
      ms(time(own)),
      ratio.toFixed(2),
      conclude(ratio, BUDGET[name]),
      ms(wall(base)),
      ms(wall(own)),
      (wall(own) / wall(base)).toFixed(2),
      peak.toFixed(0),
      conclude(peak, MEMORY),
    ]);
  }
  printTable(`Runs of ${calls.toLocaleString("en")} calls (medians)`, [
    "",
    "plain, cpu ms",
    "cpu ms",
    "/ plain",
    "budget",
    "plain, wall ms",
    "wall ms",
    "/ plain",
    "peak, MB",
    "budget",
  ], rows);
} finally {
  await Deno.remove(folder, { recursive: true });
}

interface Cost {
  /** Milliseconds of the processor, and on the wall. */
  readonly time: number;
  readonly wall: number;
  readonly peak: number;
}

/** Run a command; what it costs is read while it runs, because afterwards there is nothing left to ask. */
async function run(command: readonly string[], status = 0): Promise<Cost> {
  const start = performance.now();
  const child = new Deno.Command(command[0]!, {
    args: command.slice(1),
    cwd: folder,
    env: { ...BUNDLE_ENVIRONMENT, DENO_DIR: `${root}.cache/deno_dir` },
    stdin: "null",
    stdout: "null",
    stderr: "inherit",
  }).spawn();
  let [peak, time] = [0, 0];
  const watch = setInterval(() => {
    try {
      const text = Deno.readTextFileSync(`/proc/${child.pid}/status`);
      peak = Math.max(peak, Number(/^VmHWM:\s+(\d+) kB$/m.exec(text)?.[1] ?? 0) * 1024);
      // The name of the program, in brackets, may hold spaces.
      const fields = Deno.readTextFileSync(`/proc/${child.pid}/stat`).split(") ")[1]!.split(" ");
      // A process that has just ended has none left.
      time = Math.max(time, (Number(fields[11]) + Number(fields[12])) * 1000 / TICKS);
    } catch (error) {
      // It has ended, or the system does not say.
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }, 10);
  const { code } = await child.status;
  const wall = performance.now() - start;
  clearInterval(watch);
  if (code !== status) throw new Error(`Cannot measure: ${command.join(" ")} ended with ${code}`);
  return { time, wall, peak };
}
