import { median } from "./table.ts";

/** A command line to time, from its start to its end. */
export interface Program {
  readonly name: string;
  readonly command: readonly string[];
  /** Working folder. What a run adds to it is removed before the next one: a second trace would cost more. */
  readonly folder: string;
}

/** What a program takes, in milliseconds. */
export interface Timing {
  /** Median wall time. */
  readonly wall: number;
  /** Shortest wall time. */
  readonly best: number;
  /** User and system time of all of its threads; absent without bash. */
  readonly cpu: number | undefined;
}

/**
 * Time programs in turn (A B A B …), so that a machine whose speed drifts slows all of them alike. The first round
 * is not counted.
 */
export async function timeInTurn(
  programs: readonly Program[],
  runs: number,
  env: Record<string, string>,
): Promise<Timing[]> {
  const walls = programs.map((): number[] => []);
  const cpus = programs.map((): number[] => []);
  for (let run = -1; run < runs; run++) {
    for (const [i, program] of programs.entries()) {
      const wall = await inCleanFolder(program.folder, () => timeOnce(program, env));
      const cpu = await inCleanFolder(program.folder, () => cpuTime(program, env));
      if (run < 0) continue;
      walls[i]!.push(wall);
      if (cpu !== undefined) cpus[i]!.push(cpu);
    }
  }
  return programs.map((_, i) => ({
    wall: median(walls[i]!),
    best: Math.min(...walls[i]!),
    cpu: cpus[i]!.length === 0 ? undefined : median(cpus[i]!),
  }));
}

/** Remove what a run added to its folder. */
async function inCleanFolder<T>(folder: string, run: () => Promise<T>): Promise<T> {
  const namesIn = () => Array.from(Deno.readDirSync(folder), ({ name }) => name);
  const before = new Set(namesIn());
  const result = await run();
  for (const name of namesIn()) {
    if (!before.has(name)) await Deno.remove(`${folder}/${name}`, { recursive: true });
  }
  return result;
}

async function timeOnce({ name, command, folder }: Program, env: Record<string, string>): Promise<number> {
  const [executable, ...args] = command;
  const started = performance.now();
  const { success } = await new Deno.Command(executable!, {
    args,
    cwd: folder,
    env,
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn().status;
  const wall = performance.now() - started;
  if (!success) throw new Error(`Cannot time ${name}: it failed`);
  return wall;
}

/** The last line that `times` of bash prints is what the children of the shell took. */
async function cpuTime(
  { command, folder }: Program,
  env: Record<string, string>,
): Promise<number | undefined> {
  const script = '"$@" >/dev/null 2>&1 </dev/null; times';
  const shell = new Deno.Command("bash", { args: ["-c", script, "bash", ...command], cwd: folder, env });
  const output = await shell.output().catch(() => undefined);
  const text = new TextDecoder().decode(output?.stdout).trim().split("\n").at(-1) ?? "";
  const spent = [...text.matchAll(/(\d+)m(\d+)[.,](\d{3})s/g)];
  if (spent.length !== 2) return undefined;
  return spent.reduce(
    (sum, [, min, s, milli]) => sum + Number(min) * 60_000 + Number(s) * 1000 + Number(milli),
    0,
  );
}
