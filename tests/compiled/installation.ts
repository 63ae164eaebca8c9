/** What is compiled and where it is tried. */
export interface Installation {
  readonly gait: string;
  readonly probe: string;
  /** Working folder of all checks, in this order. */
  readonly folder: string;
}

/** One thing that an executable must do; `run` throws when it does not. */
export interface Check {
  readonly name: string;
  readonly run: (installation: Installation) => Promise<unknown>;
}

/** Run the executable in the working folder. */
export function gait({ gait, folder }: Installation, ...args: string[]) {
  return execute(gait, args, folder);
}

/** Run an executable with an empty PATH and a home and temporary folder of its own. */
export async function execute(executable: string, args: string[], folder: string) {
  const env = { PATH: `${folder}/empty`, HOME: `${folder}/home`, TMPDIR: `${folder}/tmp`, NO_COLOR: "1" };
  for (const path of Object.values(env).filter((value) => value.startsWith(folder))) {
    await Deno.mkdir(path, { recursive: true });
  }
  const command = new Deno.Command(executable, { args, cwd: folder, clearEnv: true, env, stderr: "null" });
  const { code, stdout } = await command.output();
  return { code, stdout: new TextDecoder().decode(stdout) };
}
