import { GaitError } from "../errors/mod.ts";
import { killGroup, killOnExit } from "./child.ts";
import { systemReason } from "./errors.ts";
import type { BoundedRequest, BoundedResult } from "./types.ts";

/** How long the last output of a killed group is still read, in milliseconds. */
const FINAL_OUTPUT = 500;

/** The longest timer of the runtime; a longer one would fire at once. */
const MAX_TIMER = 2 ** 31 - 1;

/**
 * Run a child in its own process group, and terminate the whole group with it: by SIGTERM at the timeout, and by
 * SIGKILL when the grace period is over. When the child exits in time, its remaining descendants are terminated as
 * well, so that none of them can keep the caller waiting by holding the pipe. A descendant that left the group can't
 * be found; its pipes are closed without waiting for it.
 *
 * @param endsAt signals that end this process, and must then also end the child
 * @throws {GaitError} `dependency_missing` when the command can't be started
 */
export async function runBounded(
  { command, args, cwd, env, timeout, grace, linger, onOutput }: BoundedRequest,
  endsAt: readonly Deno.Signal[] = [],
): Promise<BoundedResult> {
  let child: Deno.ChildProcess | undefined;
  // Installed before the child starts: a signal in between would end only this process.
  const stopListening = killOnExit(() => child && killGroup(child), endsAt);
  try {
    child = new Deno.Command(command, {
      args: [...args],
      cwd,
      env: { ...env },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
      detached: true,
    }).spawn();
  } catch (cause) {
    stopListening();
    const reason = cause instanceof Deno.errors.NotFound ? "there is no such program" : systemReason(cause);
    throw new GaitError("dependency_missing", `Cannot start "${command}": ${reason}`, { cause });
  }
  const readers = { stdout: child.stdout.getReader(), stderr: child.stderr.getReader() };
  const printed = Promise.all([
    pump(readers.stdout, (bytes) => onOutput("stdout", bytes)),
    pump(readers.stderr, (bytes) => onOutput("stderr", bytes)),
  ]);
  const everything = Promise.all([child.status, printed]);
  try {
    const timedOut = !await within(child.status, timeout);
    // Where nobody is left in the group, who holds the pipe has left it, and isn't waited for any longer.
    if ((timedOut || !await within(printed, linger)) && killGroup(child, "SIGTERM")) {
      await within(everything, grace);
      killGroup(child);
      await within(printed, FINAL_OUTPUT);
    }
    for (const reader of Object.values(readers)) reader.cancel().catch(() => {});
    await printed;
    const { code, signal } = await child.status;
    return { code: signal ? -1 : code, signal: signal ?? undefined, timedOut };
  } finally {
    stopListening();
    killGroup(child); // descendants that closed their output but still run
  }
}

async function pump(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  take: (bytes: Uint8Array) => void,
): Promise<void> {
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    take(value);
  }
}

/** Whether a promise settles in time. */
async function within(done: Promise<unknown>, milliseconds: number): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const over = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), Math.min(milliseconds, MAX_TIMER));
  });
  try {
    return await Promise.race([done.then(() => true), over]);
  } finally {
    clearTimeout(timer);
  }
}
