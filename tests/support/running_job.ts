/** Commands that run as jobs, and their process groups. */
import { onStage, type Stage } from "./gait.ts";
import { repository } from "./places.ts";
import { testUnless } from "./test_unless.ts";

/** A test of a command that a POSIX shell runs, in a fresh folder. */
export function shellTest(name: string, test: (stage: Stage) => Promise<void>): void {
  testUnless(Deno.build.os === "windows" ? "a POSIX shell" : undefined, name, () => onStage(test));
}

/** Start `gait job run` and leave it running. */
export function start({ folder }: Stage, id: string, script: string, ...flags: string[]) {
  const child = new Deno.Command(`${repository}bin/gait`, {
    args: ["job", "run", "--id", id, ...flags, "--json", "--", "/bin/sh", "-c", script],
    cwd: folder,
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const ended = child.output().then(({ code, stdout }) => ({
    code,
    stdout: new TextDecoder().decode(stdout),
  }));
  return { pid: child.pid, kill: () => child.kill("SIGKILL"), ended };
}

/** Wait for something that must come; the test runner's own limit ends what never comes. */
export async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!await holds()) await new Promise((resolve) => setTimeout(resolve, 20));
}

/** The process group that a script wrote to a file, whole: group 0 would be the one of this test. */
export async function groupIn({ read }: Stage, name: string): Promise<number> {
  let group = 0;
  await until(async () => (group = Number((await read(name).catch(() => "")).trim())) > 1);
  return group;
}

/** Whether a process of a group is left; one that was killed may take a moment to go. */
export function isAlive(group: number): boolean {
  try {
    Deno.kill(-group, "SIGCONT");
    return true;
  } catch {
    return false;
  }
}
