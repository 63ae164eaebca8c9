/**
 * `deno task bench [--quick] [--vs "<executable>"]`: what Gait costs, next to what the machine can do at all. Every
 * figure of one run belongs together; figures of two runs, or of two machines, do not.
 */
import { bundle } from "../scripts/bundle.ts";
import { gaitPermissions, permissionFlags, V8_FLAGS } from "../scripts/compile.ts";
import { setUp } from "../scripts/setup.ts";
import { appendsPerSecond, signaturesPerSecond } from "./calibrations.ts";
import { intentLine, TYPICAL_POLICY } from "./gate/typical.ts";
import { measurePack } from "./packs.ts";
import { type Program, timeInTurn } from "./processes.ts";
import { judge, ms, printTable } from "./table.ts";

const root = new URL("../", import.meta.url).pathname;
const SIZES = [10, 1_000, 100_000];

/** Flags of the launcher, bin/gait. */
const FLAGS = [
  "--quiet",
  "--no-prompt",
  "--no-code-cache",
  "--no-config",
  "--no-lock",
  "--no-remote",
  "--no-npm",
];

const GATE_EVAL = "gate eval --policy policy.yaml --intent intent.json";

/** Budgets in multiples of their calibration (bare for processes, raw for packs). */
const BUDGET: Readonly<Record<string, number>> = {
  version: 1.2,
  help: 1.2,
  "verify run_demo": 1.8,
  [GATE_EVAL]: 1.6,
  "verify a pack of 100,000": 1.5,
};

/** Milliseconds that bin/gait may add to the bundle. */
const LAUNCHER_BUDGET = 5;

const quick = Deno.args.includes("--quick");
const at = Deno.args.indexOf("--vs");
const other = at < 0 ? undefined : Deno.args[at + 1]?.split(/\s+/);

await setUp();
await bundle();
const folder = await Deno.makeTempDir({ prefix: "gait-bench-" });
try {
  console.log(`Deno ${Deno.version.deno}, ${navigator.hardwareConcurrency} cores, ${Deno.build.target}`);
  await measureProcesses();
  await measurePacks();
  await printCalibrations();
} finally {
  await Deno.remove(folder, { recursive: true });
}

async function measureProcesses(): Promise<void> {
  await Deno.writeTextFile(`${folder}/empty.js`, "");
  const deno = `${root}.cache/deno`;
  const run = [deno, "run", ...FLAGS, "--cached-only", V8_FLAGS, ...permissionFlags(await gaitPermissions())];
  const ways: Record<string, readonly string[]> = {
    bundle: [...run, `${root}dist/main.js`],
    "bin/gait": [`${root}bin/gait`],
  };
  if (other) ways.other = other;
  const env = { DENO_DIR: `${root}.cache/deno_dir`, DENO_NO_UPDATE_CHECK: "1", NO_COLOR: "1" };

  const programs: Program[] = [{ name: "bare", command: [...run, `${folder}/empty.js`], folder }];
  for (const [way, command] of Object.entries(ways)) {
    const own = `${folder}/${way.replace("/", "_")}`;
    await Deno.mkdir(own);
    const demo = await new Deno.Command(command[0]!, { args: [...command.slice(1), "demo"], cwd: own, env })
      .output();
    if (!demo.success) throw new Error(`Cannot measure ${way}: demo failed`);
    await Deno.writeTextFile(`${own}/policy.yaml`, TYPICAL_POLICY);
    await Deno.writeTextFile(`${own}/intent.json`, intentLine(0));
    for (const args of ["version", "help", "verify run_demo", GATE_EVAL, "demo"]) {
      programs.push({ name: `${way}: ${args}`, command: [...command, ...args.split(" ")], folder: own });
    }
  }
  const timings = await timeInTurn(programs, quick ? 8 : 40, env);
  const wallOf = (name: string) => timings[programs.findIndex((program) => program.name === name)]!.wall;
  const bare = wallOf("bare");

  const rows = programs.map(({ name }, i) => {
    const { wall, best, cpu } = timings[i]!;
    const [way, args] = name.split(": ") as [string, string | undefined];
    const budget = way === "bundle" ? BUDGET[args!] : undefined;
    const row = [name, ms(wall), ms(best), cpu === undefined ? "n/a" : ms(cpu), (wall / bare).toFixed(2)];
    const versus = way === "bundle" && other ? (wall / wallOf(`other: ${args}`)).toFixed(2) : "";
    return [...row, judge(wall / bare, budget), ...(other ? [versus] : [])];
  });
  const columns = ["process", "wall ms", "best", "cpu ms", "/ bare", "budget", ...(other ? ["/ other"] : [])];
  printTable("Processes, start to end (median wall time)", columns, rows);
  const launcher = wallOf("bin/gait: version") - wallOf("bundle: version");
  console.log(`\n  the launcher adds ${ms(launcher)} ms (${judge(launcher, LAUNCHER_BUDGET)})`);
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
      judge(ratio, BUDGET[`verify a pack of ${size}`]),
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
