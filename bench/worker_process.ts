import { V8_FLAGS } from "../scripts/runtime_flags.ts";

/**
 * Run a worker in a fresh process, so that peak memory is measured separately and no code compiled in an earlier
 * round is reused.
 *
 * @returns the figures that it printed as JSON
 */
export async function runWorker<Figures>(worker: string, ...args: string[]): Promise<Figures> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-check", "-A", V8_FLAGS, worker, ...args],
  }).output();
  if (!success) throw new Error(`Cannot measure ${args.join(" ")}:\n${new TextDecoder().decode(stderr)}`);
  return JSON.parse(new TextDecoder().decode(stdout));
}
