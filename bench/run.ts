/**
 * `deno task bench [--quick] [--vs "<executable>"]`: the cost of Gait, compared with calibrations of the machine.
 * Only figures of the same run are comparable, not those of different runs or machines.
 */
import { bundle } from "../scripts/bundle.ts";
import { makeWorkFolder, root } from "../scripts/root.ts";
import { setUp } from "../scripts/setup.ts";
import { BUNDLE_ENVIRONMENT, bundleCommand, executableCommand } from "./bundle_command.ts";
import { appendsPerSecond, signaturesPerSecond } from "./calibrations.ts";
import { intentLine, TYPICAL_POLICY } from "./gate/typical.ts";
import { measureEvidencePack, writeSmallPacks } from "./pack/packs.ts";
import { measurePack } from "./packs.ts";
import { type Program, timeInTurn, type Timing } from "./processes.ts";
import { conclude, ms, printTable } from "./table.ts";

const SIZES = [10, 1_000, 100_000];

const GATE_EVAL = "gate eval --policy policy.yaml --intent intent.json";

/** Budgets in multiples of their calibration (CPU time of bare for processes, raw for packs). */
const BUDGET: Readonly<Record<string, number>> = {
  version: 1.13,
  help: 1.2,
  "verify run_demo": 1.55,
  [GATE_EVAL]: 1.9,
  doctor: 4,
  "verify a pack of 100,000": 1.5,
};

/** Budgets of packs of the largest runpack, in multiples of raw, and of their memory in bytes. */
const PACK_BUDGET = {
  build: { times: 7, peak: 150e6 },
  verify: { times: 1.5, peak: undefined },
  diff: { times: 20, peak: 200e6 },
} as const;

/** How much faster one call must be than one process per pack. */
const MANY_BUDGET = 10;

/** The most milliseconds that bin/gait may add to the bundle. */
const LAUNCHER_BUDGET = 1.5;

const quick = Deno.args.includes("--quick");
const at = Deno.args.indexOf("--vs");
const other = at < 0 ? undefined : Deno.args[at + 1]?.split(/\s+/);

await setUp();
await bundle();
const folder = await makeWorkFolder("bench-");
try {
  console.log(`Deno ${Deno.version.deno}, ${navigator.hardwareConcurrency} cores, ${Deno.build.target}`);
  await measureProcesses();
  await measurePacks();
  await measureEvidencePacks();
  await measureManyPacks();
  await printCalibrations();
} finally {
  await Deno.remove(folder, { recursive: true });
}

async function measureProcesses(): Promise<void> {
  await Deno.writeTextFile(`${folder}/empty.js`, "");
  const ways: Record<string, readonly string[]> = {
    bundle: await bundleCommand(),
    "as executable": await executableCommand(),
    "bin/gait": [`${root}bin/gait`],
  };
  if (other) ways.other = other;
  const env = BUNDLE_ENVIRONMENT;

  const empty = await bundleCommand(`${folder}/empty.js`);
  const programs: Program[] = [{ name: "bare", command: empty, folder }];
  for (const [way, command] of Object.entries(ways)) {
    const own = `${folder}/${way.replace(/\W/, "_")}`;
    await Deno.mkdir(own);
    const demo = await new Deno.Command(command[0]!, { args: [...command.slice(1), "demo"], cwd: own, env })
      .output();
    if (!demo.success) throw new Error(`Cannot measure ${way}: demo failed`);
    await Deno.writeTextFile(`${own}/policy.yaml`, TYPICAL_POLICY);
    await Deno.writeTextFile(`${own}/intent.json`, intentLine(0));
    for (const args of ["version", "help", "verify run_demo", GATE_EVAL, "doctor", "demo"]) {
      programs.push({ name: `${way}: ${args}`, command: [...command, ...args.split(" ")], folder: own });
    }
  }
  const timings = await timeInTurn(programs, quick ? 8 : 40, env);
  const wallOf = (name: string) => timings[programs.findIndex((program) => program.name === name)]!.wall;
  const [{ wall: bareWall, cpu: bareCpu }] = timings as [Timing];

  const rows = programs.map(({ name }, i) => {
    const { wall, best, cpu } = timings[i]!;
    const [way, args] = name.split(": ") as [string, string | undefined];
    const budget = way === "bundle" ? BUDGET[args!] : undefined;
    // Without CPU time, wall time is compared; on an idle machine it is equivalent.
    const ratio = cpu === undefined || bareCpu === undefined ? wall / bareWall : cpu / bareCpu;
    const row = [
      name,
      ms(wall),
      ms(best),
      (wall / bareWall).toFixed(2),
      cpu === undefined ? "n/a" : ms(cpu),
      ratio.toFixed(2),
    ];
    const versus = way === "bundle" && other ? (wall / wallOf(`other: ${args}`)).toFixed(2) : "";
    return [...row, conclude(ratio, budget), ...(other ? [versus] : [])];
  });
  const columns = [
    "process",
    "wall ms",
    "best",
    "/ bare",
    "cpu ms",
    "/ bare",
    "budget",
    ...(other ? ["/ other"] : []),
  ];
  printTable("Processes, start to end (medians; the budget is for CPU time)", columns, rows);
  const costOf = (name: string) => {
    const { wall, cpu } = timings[programs.findIndex((program) => program.name === name)]!;
    return cpu ?? wall;
  };
  const launcher = costOf("bin/gait: version") - costOf("bundle: version");
  console.log(`\n  the launcher adds ${ms(launcher)} ms (${conclude(launcher, LAUNCHER_BUDGET)})`);
}

async function measurePacks(): Promise<void> {
  const rows: string[][] = [];
  for (const intents of SIZES) {
    const cost = await measurePack(intents, quick ? 2 : 7, folder);
    const size = intents.toLocaleString("en");
    const ratio = cost.verify / cost.raw;
    rows.push([
      size,
      `${(cost.bytes / 1e3).toLocaleString("en", { maximumFractionDigits: 0 })} kB`,
      ms(cost.canonicalise),
      ms(cost.digest),
      ms(cost.verify),
      ms(cost.raw),
      ratio.toFixed(2),
      conclude(ratio, BUDGET[`verify a pack of ${size}`]),
      mebibytes(cost.verifyPeak),
      mebibytes(cost.rawPeak),
    ]);
  }
  printTable("Packs, in a fresh process each (ms; peak memory of the whole process)", [
    "intents",
    "pack",
    "canonicalise",
    "digest",
    "verify",
    "raw",
    "/ raw",
    "budget",
    "verify peak",
    "raw peak",
  ], rows);
}

/** Packs of the largest runpack, which an earlier measurement wrote. */
async function measureEvidencePacks(): Promise<void> {
  const intents = SIZES.at(-1)!;
  const cost = await measureEvidencePack(`${folder}/runpack_${intents}.zip`, quick ? 2 : 7, folder);
  const rows = (["build", "verify", "diff"] as const).map((work) => {
    const { time, peak } = cost[work];
    const budget = PACK_BUDGET[work];
    const memory = peak === undefined || budget.peak === undefined
      ? ""
      : conclude(peak / 1e6, budget.peak / 1e6);
    const times = time / cost.raw;
    return [
      work,
      ms(time),
      ms(cost.raw),
      times.toFixed(2),
      conclude(times, budget.times),
      mebibytes(peak),
      memory,
    ];
  });
  printTable(
    `Evidence packs of ${intents.toLocaleString("en")} intents (${
      (cost.bytes / 1e6).toFixed(1)
    } MB), in a fresh process each`,
    ["work", "ms", "raw ms", "/ raw", "budget", "peak", "MB"],
    rows,
  );
}

/** One call for many small packs, compared with one process for each. */
async function measureManyPacks(): Promise<void> {
  const count = quick ? 100 : 1000;
  const packs = `${folder}/small`;
  await Deno.mkdir(packs);
  await writeSmallPacks(packs, count);
  const [deno, ...command] = await bundleCommand();
  const verify = async (...args: string[]) => {
    const started = performance.now();
    const { success } = await new Deno.Command(deno!, {
      args: [...command, "pack", "verify", ...args],
      env: BUNDLE_ENVIRONMENT,
      stdout: "null",
    }).output();
    if (!success) throw new Error("Cannot measure: a pack does not verify");
    return performance.now() - started;
  };
  // One process for each is slow, so only a sample is measured.
  const sample = quick ? 20 : 100;
  let together = await verify(packs);
  let apart = 0;
  for (let i = 0; i < sample; i++) apart += await verify(`${packs}/pack_${i}.zip`);
  together = Math.min(together, await verify(packs));
  const each = apart / sample * count;
  const ratio = each / together;
  printTable(`${count.toLocaleString("en")} small packs`, ["", "ms"], [
    ["one call", ms(together)],
    [`a process each (of ${sample})`, ms(each)],
    [
      "times faster",
      `${ratio.toFixed(1)} ${ratio >= MANY_BUDGET ? `>= ${MANY_BUDGET} ok` : `>= ${MANY_BUDGET} MISSED`}`,
    ],
  ]);
}

async function printCalibrations(): Promise<void> {
  const duration = quick ? 300 : 2000;
  printTable("Calibrations", ["what the machine can do", "per second"], [
    ["sign: Ed25519 by Web Crypto, one after the other", (await signaturesPerSecond(duration)).toFixed(0)],
    ["append: 2.4 KB with fsync, one after the other", (await appendsPerSecond(duration)).toFixed(0)],
  ]);
}

function mebibytes(bytes: number | undefined): string {
  return bytes === undefined ? "n/a" : `${(bytes / 2 ** 20).toFixed(0)} MiB`;
}
