/**
 * Which functions of the bundle the hot commands call: V8 counts them in plain runs, with the policies and calls of
 * the examples, in a fresh folder and without the settings of whoever builds.
 */
import { fileURLToPath } from "node:url";
import type { FunctionRange } from "./eager_functions.ts";
import { root } from "./root.ts";
import { checkoutCommand } from "./runtime_flags.ts";

/** The runs that count, a group for each command. */
const RUNS: readonly (readonly (readonly string[])[])[] = [
  [["version"]],
  [["verify", "run_demo"]],
  [
    gateEval("approval_flow", "intent.json"),
    gateEval("prompt_injection_block", "asked.json"),
    gateEval("prompt_injection_block", "injected.json"),
  ],
];

function gateEval(scenario: string, intent: string): string[] {
  const folder = `${root}examples/scenarios/${scenario}`;
  return ["gate", "eval", "--policy", `${folder}/policy.yaml`, "--intent", `${folder}/${intent}`];
}

/** What V8 writes about a script. */
interface ScriptCoverage {
  readonly url: string;
  readonly functions: readonly {
    /** The function itself, then blocks of it. */
    readonly ranges: readonly {
      readonly startOffset: number;
      readonly endOffset: number;
      readonly count: number;
    }[];
  }[];
}

/**
 * Run the hot commands of a bundle that is not minified.
 *
 * @param files its files by their names, one of them main.js
 * @param work folder for what the runs need and make
 * @returns the functions that most commands called that loaded their file, by the names of files
 */
export async function calledFunctions(
  files: ReadonlyMap<string, string>,
  work: string,
): Promise<Map<string, FunctionRange[]>> {
  const [bundle, folder, counts] = [`${work}/readable`, `${work}/runs`, `${work}/counts`];
  for (const path of [bundle, folder]) await Deno.mkdir(path);
  for (const [name, text] of files) await Deno.writeTextFile(`${bundle}/${name}`, text);
  const [deno, run, ...flags] = await checkoutCommand(`${bundle}/main.js`, "ends", false);
  const call = (count: readonly string[], args: readonly string[]) =>
    new Deno.Command(deno!, {
      args: [run!, ...count, ...flags, ...args],
      cwd: folder,
      clearEnv: true,
      env: { HOME: folder, DENO_DIR: `${work}/deno_dir`, DENO_NO_UPDATE_CHECK: "1" },
      stdout: "null",
      stderr: "null",
    }).output();
  await call([], ["demo"]);
  const commands: CalledIn[] = [];
  for (const [i, runs] of RUNS.entries()) {
    // A verdict decides the status, and a bundle that fails must be built too, so that somebody can see why.
    for (const args of runs) await call([`--coverage=${counts}/${i}`], args);
    commands.push(await readCounts(`${counts}/${i}`, bundle));
  }
  return calledByMost(commands);
}

/** The functions of each file that were called, by where they stand. */
type CalledIn = ReadonlyMap<string, ReadonlyMap<string, FunctionRange>>;

/** The functions of each file that at least half of the commands call that load it: the others pay for them. */
export function calledByMost(commands: readonly CalledIn[]): Map<string, FunctionRange[]> {
  const files = new Set(commands.flatMap((called) => [...called.keys()]));
  return new Map(Array.from(files, (file) => {
    const loads = commands.flatMap((called) => called.get(file) ?? []);
    const ranges = new Map(loads.flatMap((called) => [...called]));
    const most = [...ranges].filter(([place]) =>
      2 * loads.filter((called) => called.has(place)).length >= loads.length
    );
    return [file, most.map(([, range]) => range)];
  }));
}

async function readCounts(counts: string, bundle: string): Promise<CalledIn> {
  const called = new Map<string, Map<string, FunctionRange>>();
  // A program that can't even be loaded leaves no counts.
  const written = await Array.fromAsync(Deno.readDir(counts)).catch(() => []);
  for (const { name } of written) {
    const script: ScriptCoverage = JSON.parse(await Deno.readTextFile(`${counts}/${name}`));
    if (!script.url?.startsWith("file:")) continue;
    const path = fileURLToPath(script.url);
    if (!path.startsWith(bundle)) continue;
    const file = path.slice(bundle.length + 1);
    const ranges = called.get(file) ?? new Map();
    called.set(file, ranges);
    for (const { ranges: [whole] } of script.functions) {
      const { startOffset: start, endOffset: end, count } = whole!;
      if (count > 0) ranges.set(`${start} ${end}`, { start, end });
    }
  }
  return called;
}
