import { GaitError } from "../errors/mod.ts";
import { systemReason } from "./errors.ts";
import type { SupervisedChild, SuperviseRequest, Supervision } from "./types.ts";

/**
 * Start and supervise a child process that must not outlive this one.
 *
 * The child leads its own session and process group. A second process, the guard, reads from a pipe of this process.
 * When this process dies, for whatever reason, the pipe closes, and the guard kills the group and then removes the
 * fence file. The next runner waits until the fence is gone, so two children of one job never run at the same time.
 */
export const supervision: Supervision = {
  start,
  sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
  isGroupAlive(pid) {
    try {
      // Ignored by default, and fails when there is no such group. SIGCONT would wake a command that waits for a decision,
      // when the number of the group was used again.
      Deno.kill(-pid, "SIGURG");
      return true;
    } catch (error) {
      // Permission may be denied, for example when the command became another user; such a group is alive.
      return !(error instanceof Deno.errors.NotFound);
    }
  },
};

/** How long output is still read after the command exits, in milliseconds. */
const LINGER = 1_000;

/** Waits for the line `go`, opens the lines file as descriptor 3, and execs the command. */
const CHILD = 'read -r go || exit 1; lines=$1; shift; exec 3>>"$lines" </dev/null; exec "$@"';

/** Waits for the line that says that the child has ended; if the pipe closes without it, kills the group. */
const GUARD = 'trap "" HUP INT TERM; read -r done || kill -s KILL -- "-$1"; rm -f -- "$2"';

async function start(request: SuperviseRequest): Promise<SupervisedChild> {
  const { command, args, env, lines, fence } = request;
  await makeFence(fence);
  const child = spawn(["-c", CHILD, "sh", lines, command, ...args], env, "piped");
  const guard = spawn(["-c", GUARD, "sh", String(child.pid), fence], {}, "null");
  const [startPipe, donePipe] = [child.stdin.getWriter(), guard.stdin.getWriter()];
  const readers = [child.stdout.getReader(), child.stderr.getReader()];
  const outputs = Promise.all([
    pump(readers[0]!, (chunk) => request.onOutput("stdout", chunk)),
    pump(readers[1]!, (chunk) => request.onOutput("stderr", chunk)),
  ]);
  let isGone = false;
  const signal = (name: Deno.Signal) => {
    if (isGone) return; // another command may have the number of the group
    try {
      Deno.kill(-child.pid, name);
    } catch {
      // The group has already ended.
    }
  };
  const ended = (async () => {
    try {
      // Output that can't be taken ends the command: it would wait for ever to print the rest.
      const status = await Promise.race([child.status, outputs.then(() => child.status)]);
      signal("SIGKILL"); // remaining descendants
      isGone = true;
      // A descendant that left the group could hold the pipes open forever.
      const timer = setTimeout(
        () => readers.forEach((reader) => void reader.cancel().catch(() => {})),
        LINGER,
      );
      await outputs.finally(() => clearTimeout(timer));
      return { code: status.signal ? -1 : status.code, signal: status.signal ?? undefined };
    } catch (error) {
      signal("SIGKILL");
      await child.status;
      isGone = true;
      throw error;
    } finally {
      await donePipe.write(new TextEncoder().encode("done\n")).catch(() => {});
      await donePipe.close().catch(() => {});
      await guard.status;
    }
  })();
  return {
    pid: child.pid,
    ended,
    signal,
    async release() {
      await startPipe.write(new TextEncoder().encode("go\n")).catch(() => {});
      await startPipe.close().catch(() => {});
    },
  };
}

/**
 * Always create a new file: opening an existing path for writing would truncate the target of a symbolic link
 * (docs/threat_model.md 17).
 */
async function makeFence(path: string): Promise<void> {
  await Deno.remove(path).catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  });
  await Deno.writeFile(path, new Uint8Array(), { mode: 0o600, createNew: true });
}

function spawn(args: string[], env: Readonly<Record<string, string>>, output: "piped" | "null") {
  try {
    return new Deno.Command("/bin/sh", {
      args,
      env: { ...env },
      stdin: "piped",
      stdout: output,
      stderr: output,
      detached: true, // a session and process group of its own
    }).spawn();
  } catch (cause) {
    throw new GaitError("dependency_missing", `Cannot start "/bin/sh": ${systemReason(cause)}`, { cause });
  }
}

async function pump(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  take: (chunk: Uint8Array) => Promise<void>,
): Promise<void> {
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    await take(value);
  }
}
