import { ifReadable } from "../errors/mod.ts";
import type { DoctorContext } from "./check.ts";

/** Where a program was found. */
export interface FoundProgram {
  readonly path: string;
  readonly isExecutable: boolean;
  /** It is in the working folder, so it may be untrusted and is not run. */
  readonly inWorkdir: boolean;
}

/** Find a program in PATH. Relative entries are ignored, because they depend on the current folder. */
export async function findInPath(name: string, context: DoctorContext): Promise<FoundProgram | undefined> {
  const { env, files, os } = context.effects;
  const separator = os === "windows" ? ";" : ":";
  for (const folder of (env.get("PATH") ?? "").split(separator)) {
    if (!/^(?:\/|[A-Za-z]:[\\/])/.test(folder)) continue;
    const path = `${folder.replace(/\/$/, "")}/${name}`;
    // A folder that may not be looked into, or a circular link, has no program for this user: as in a shell.
    if (await ifReadable(() => files.isFile(path))) return await describe(path, context);
  }
  return undefined;
}

/** What is known about a program. */
export async function describe(path: string, context: DoctorContext): Promise<FoundProgram> {
  const { files, os } = context.effects;
  const real = await files.realPath(path);
  const info = await files.stat(real);
  return {
    path,
    isExecutable: os === "windows" || ((info?.mode ?? 0) & 0o111) !== 0,
    inWorkdir: await isInside(path, real, context),
  };
}

async function isInside(
  path: string,
  real: string,
  { workdir, effects: { files } }: DoctorContext,
): Promise<boolean> {
  const folder = await files.realPath(workdir);
  return [path, real].some((place) => place.startsWith(folder === "/" ? "/" : `${folder}/`));
}

/** Names of the variables that a child gets; it does not get the variables that make gait write logs. */
const CHILD_VARIABLES = ["PATH", "HOME", "TMPDIR", "SystemRoot"];

/** Run a program that is outside the working folder, for at most 5 seconds. */
export async function runProgram(path: string, args: readonly string[], { effects }: DoctorContext) {
  const known = CHILD_VARIABLES.flatMap((name) => {
    const value = effects.env.get(name);
    return value === undefined ? [] : [[name, value] as const];
  });
  return await effects.runChild({
    command: path,
    args,
    timeout: 5000,
    linger: 100,
    outputLimit: 4096,
    env: Object.fromEntries(known),
  });
}
