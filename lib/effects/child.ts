import { GaitError } from "../errors/mod.ts";
import { concat } from "../formats/bytes.ts";
import { STATUS_OF } from "./signals.ts";
import { systemReason } from "./errors.ts";
import type { ChildRequest, ChildResult } from "./types.ts";

/**
 * Run a child process in its own process group. At the timeout the whole group is killed, so that no descendant
 * outlives it (docs/spec/core.md section 11, item 11). A descendant that left the group can't be found; its pipes are
 * closed and it is not waited for.
 *
 * @param endsAt signals that end this process and must end the child too: in its own group it would not receive them,
 * and without this process nothing would enforce its timeout
 * @throws {GaitError} `dependency_missing` when the command can't be started
 */
export async function runChild(
  request: ChildRequest,
  endsAt: readonly Deno.Signal[] = [],
): Promise<ChildResult> {
  const { command, args, timeout, outputLimit, stdin, env, addEnv, linger } = request;
  let child: Deno.ChildProcess | undefined;
  // Installed before the child starts: a signal in between would end only this process.
  const stopListening = killOnExit(() => child && killGroup(child), endsAt);
  try {
    child = new Deno.Command(command, {
      args: [...args],
      stdin: stdin ? "piped" : "null",
      stdout: "piped",
      stderr: "piped",
      detached: true, // a session and process group of its own
      env: { ...env, ...addEnv },
      clearEnv: env !== undefined,
    }).spawn();
  } catch (cause) {
    stopListening();
    const isMissing = cause instanceof Deno.errors.NotFound;
    const reason = isMissing ? "no such program" : systemReason(cause);
    throw new GaitError("dependency_missing", `Cannot start "${command}": ${reason}`, { cause });
  }
  const started = child;
  let timedOut = false;
  const [out, err] = [child.stdout.getReader(), child.stderr.getReader()];
  const input = stdin ? child.stdin.getWriter() : undefined;
  const abort = () => {
    timedOut = true;
    killGroup(started);
    // A descendant that left the group may hold the pipes open for ever, so they are not waited for.
    for (const reader of [out, err]) reader.cancel().catch(() => {});
    input?.abort().catch(() => {});
  };
  const timer = setTimeout(abort, timeout);
  let lingering: ReturnType<typeof setTimeout> | undefined;
  try {
    // Not awaited: a child that doesn't read its input must not block reading its output.
    input?.write(stdin!).then(() => input.close()).catch(() => {});
    const [stdout, stderr, status] = await Promise.all([
      collect(out, outputLimit),
      collect(err, outputLimit),
      child.status.then((status) => {
        if (linger !== undefined) {
          killGroup(started);
          lingering = setTimeout(abort, linger);
        }
        return status;
      }),
    ]);
    const output = concat([stdout.kept, stderr.kept.subarray(0, outputLimit - stdout.kept.length)]);
    return {
      code: status.signal ? -1 : status.code,
      signal: status.signal ?? undefined,
      timedOut,
      output,
      stdout: stdout.kept,
      size: stdout.size + stderr.size,
    };
  } finally {
    clearTimeout(timer);
    clearTimeout(lingering);
    stopListening();
    killGroup(child); // children that closed their output and stayed behind
    input?.abort().catch(() => {}); // what it left unread
  }
}

/** Kill the child when this process exits first. */
export function killOnExit(atExit: () => void, endsAt: readonly Deno.Signal[]): () => void {
  addEventListener("unload", atExit);
  const listeners = endsAt.map((signal) => [signal, () => Deno.exit(STATUS_OF[signal])] as const);
  for (const [signal, listener] of listeners) Deno.addSignalListener(signal, listener);
  return () => {
    removeEventListener("unload", atExit);
    for (const [signal, listener] of listeners) Deno.removeSignalListener(signal, listener);
  };
}

/**
 * End every process of the group that a child leads; on Windows, which has no groups, the child alone.
 *
 * @returns whether a process was left to end
 */
export function killGroup(
  child: Deno.ChildProcess,
  signal: Deno.Signal = "SIGKILL",
  os: string = Deno.build.os,
): boolean {
  try {
    // Windows knows no signals either: every one of them ends the process.
    if (os === "windows") child.kill("SIGKILL");
    else Deno.kill(-child.pid, signal);
    return true;
  } catch (error) {
    // Only a group that has ended is not found; one that may not be signalled, such as another user's, is alive.
    return os !== "windows" && !(error instanceof Deno.errors.NotFound);
  }
}

/** Read a stream to its end, keeping the first `limit` bytes. */
async function collect(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  limit: number,
): Promise<{ kept: Uint8Array<ArrayBuffer>; size: number }> {
  const parts: Uint8Array[] = [];
  let length = 0;
  let size = 0;
  for (;;) {
    const { value, done } = await reader.read();
    if (done) break;
    size += value.length;
    const part = value.subarray(0, limit - length);
    if (part.length > 0) parts.push(part);
    length += part.length;
  }
  return { kept: concat(parts), size };
}
