import { median } from "./table.ts";

/** A command line to time. */
export interface Program {
  readonly name: string;
  readonly command: readonly string[];
  /** Working folder. Files added by a run are removed before the next one, because a second trace would cost more. */
  readonly folder: string;
}

/** Times of a program in milliseconds. */
export interface Timing {
  /** Median wall time. */
  readonly wall: number;
  /** Shortest wall time. */
  readonly best: number;
  /** User and system time of all threads; absent without bash. */
  readonly cpu: number | undefined;
}

/**
 * Time programs alternately (A B A B …), so that a drifting machine speed affects all of them equally. The first
 * round is discarded.
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

/** Remove files that a run added to its folder. */
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

/** The last line of bash's `times` is the time of the shell's children. */
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

/** Resident memory of a process in MiB; Linux alone says it. */
export async function residentMemory(pid: number): Promise<number> {
  const text = await Deno.readTextFile(`/proc/${pid}/status`);
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(text)![1]) / 1024;
}

/** Ticks of a second in `/proc`, on every Linux that Deno runs on. */
const TICKS = 100;

/** Milliseconds that a process has had processors for, all its threads together; Linux alone says it. */
export async function processorTime(pid: number): Promise<number> {
  if (Deno.build.os !== "linux") return NaN;
  const text = await Deno.readTextFile(`/proc/${pid}/stat`);
  const [, , , , , , , , , , , user, system] = text.slice(text.lastIndexOf(") ") + 2).split(" ");
  return (Number(user) + Number(system)) * 1_000 / TICKS;
}
