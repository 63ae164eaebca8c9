import type { LaunchRequest } from "./types.ts";

/**
 * Start a program that goes on when this process ends, such as a browser: in a process group of its own, with no pipe to it.
 *
 * @returns whether it could be started
 */
export function launch({ command, args, env }: LaunchRequest): boolean {
  try {
    const child = new Deno.Command(command, {
      args: [...args],
      env: { ...env },
      stdin: "null",
      stdout: "null",
      stderr: "null",
      detached: true,
    }).spawn();
    child.unref();
    return true;
  } catch {
    return false;
  }
}
