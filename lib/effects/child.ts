import { GaitError, messageOf } from "../errors/mod.ts";
import type { ChildRequest, ChildResult } from "./types.ts";

/**
 * Run a child process in a group of its own. At the time limit the whole group is killed, so that nothing it
 * started outlives it (spec/core.md section 11, item 11).
 *
 * @throws {GaitError} `dependency_missing` when the command can't be started
 */
export async function runChild({ command, args, timeout, outputLimit }: ChildRequest): Promise<ChildResult> {
  let child: Deno.ChildProcess;
  try {
    child = new Deno.Command(command, {
      args: [...args],
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
      detached: true, // a session and process group of its own
    }).spawn();
  } catch (cause) {
    throw new GaitError("dependency_missing", `Cannot start "${command}": ${messageOf(cause)}`, { cause });
  }
  let timedOut = false;
  const [out, err] = [child.stdout.getReader(), child.stderr.getReader()];
  const timer = setTimeout(() => {
    timedOut = true;
    killGroup(child);
    // What left the group may hold the pipes open for ever; nobody waits for it.
    for (const reader of [out, err]) reader.cancel().catch(() => {});
  }, timeout);
  try {
    const [stdout, stderr, status] = await Promise.all([
      collect(out, outputLimit),
      collect(err, outputLimit),
      child.status,
    ]);
    const output = new Uint8Array(Math.min(stdout.length + stderr.length, outputLimit));
    output.set(stdout);
    output.set(stderr.subarray(0, output.length - stdout.length), stdout.length);
    return { code: status.signal ? -1 : status.code, signal: status.signal ?? undefined, timedOut, output };
  } finally {
    clearTimeout(timer);
    killGroup(child); // children that closed their output and stayed behind
  }
}

function killGroup(child: Deno.ChildProcess): void {
  try {
    Deno.kill(-child.pid, "SIGKILL");
  } catch {
    // The group has ended already.
  }
}

/** Read a stream to its end, keeping the first `limit` bytes. */
async function collect(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  limit: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const kept: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const { value, done } = await reader.read();
    if (done) break;
    const part = value.subarray(0, limit - size);
    if (part.length > 0) kept.push(part);
    size += part.length;
  }
  const whole = new Uint8Array(size);
  let at = 0;
  for (const part of kept) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
