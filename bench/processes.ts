import { median } from "./table.ts";

/** A command line to time, from its start to its end. */
export interface Program {
  readonly name: string;
  readonly command: readonly string[];
  /** Working folder. */
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

/** Processes that the CPU time of one program is taken over: `times` counts in milliseconds. */
const CPU_BATCH = 10;

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
  for (let run = -1; run < runs; run++) {
    for (const [i, program] of programs.entries()) {
      const wall = await timeOnce(program, env);
      if (run >= 0) walls[i]!.push(wall);
    }
  }
  const timings: Timing[] = [];
  for (const [i, program] of programs.entries()) {
    const found = walls[i]!;
    timings.push({ wall: median(found), best: Math.min(...found), cpu: await cpuTime(program, env) });
  }
  return timings;
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
  const script = `for ((i = 0; i < ${CPU_BATCH}; i++)); do "$@" >/dev/null 2>&1 </dev/null; done; times`;
  const shell = new Deno.Command("bash", { args: ["-c", script, "bash", ...command], cwd: folder, env });
  const output = await shell.output().catch(() => undefined);
  const text = new TextDecoder().decode(output?.stdout).trim().split("\n").at(-1) ?? "";
  const spent = [...text.matchAll(/(\d+)m(\d+)[.,](\d{3})s/g)];
  if (spent.length !== 2) return undefined;
  const total = spent.reduce(
    (sum, [, min, s, milli]) => sum + Number(min) * 60_000 + Number(s) * 1000 + Number(milli),
    0,
  );
  return total / CPU_BATCH;
}
