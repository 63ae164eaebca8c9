import { GaitError } from "../errors/mod.ts";
import { streamError, systemReason } from "./errors.ts";
import { pieceReader } from "./pieces.ts";
import type { PipedChild, PipedRequest } from "./types.ts";

/** How long output is still read after the command exits, in milliseconds: a descendant may hold the pipe. */
const LINGER = 500;

/** Waits for the line `go`, then becomes the command, which finds the rest of the input. */
const CHILD = 'read -r go || exit 1; exec "$@"';

/** Variables that a shell adds: the command gets the environment that was asked for, and nothing else. */
const OF_SHELLS = ["PWD", "OLDPWD", "SHLVL"];

/** Waits for the line that says that the child has ended; if the pipe closes without it, kills the group. */
const GUARD = 'trap "" HUP INT TERM; read -r done || kill -s KILL -- "-$1"';

/** The statuses of a shell that could not start a command. */
const NOT_STARTED = [126, 127];

/**
 * Start a child in its own process group. A second process, the guard, reads from a pipe of this process and kills the
 * group when the pipe closes, so that nothing is left even when this process is killed. The child does not begin before
 * its guard stands.
 */
export async function startPiped({ command, args, env }: PipedRequest): Promise<PipedChild> {
  const added = OF_SHELLS.filter((name) => !Object.hasOwn(env, name));
  const script = `unset ${added.join(" ")}; ${CHILD}`;
  const child = spawn(["-c", script, "sh", command, ...args], env, "piped", "inherit");
  const guard = spawn(["-c", GUARD, "sh", String(child.pid)], {}, "null", "null");
  const input = child.stdin.getWriter();
  const guardInput = guard.stdin.getWriter();
  const reader = pieceReader(child.stdout);
  const signal = (name: Deno.Signal) => {
    try {
      Deno.kill(-child.pid, name);
    } catch {
      // The group has already ended.
    }
  };
  await input.write(new TextEncoder().encode("go\n")).catch(() => {});
  let printed = false;
  let finished: () => void = () => {};
  const outputDone = new Promise<void>((resolve) => finished = resolve);
  async function* output() {
    try {
      for (;;) {
        const piece = await reader.next();
        if (piece === undefined) return;
        printed = true;
        yield piece;
      }
    } finally {
      finished();
    }
  }
  const exited = child.status.then((status) => {
    signal("SIGKILL"); // remaining descendants
    return status;
  });
  const ended = (async () => {
    const status = await exited;
    const timer = setTimeout(() => reader.cancel().catch(() => {}), LINGER);
    await outputDone;
    clearTimeout(timer);
    input.abort().catch(() => {});
    await guardInput.write(new TextEncoder().encode("done\n")).catch(() => {});
    await guardInput.close().catch(() => {});
    await guard.status;
    if (!printed && status.code !== 0 && NOT_STARTED.includes(status.code)) {
      throw new GaitError("dependency_missing", `Cannot start "${command}": there is no such program`, {
        hint: "Check its name, or give its whole path",
      });
    }
    return { code: status.signal ? -1 : status.code, signal: status.signal ?? undefined };
  })();
  ended.catch(() => {});
  return {
    pid: child.pid,
    output: output(),
    async write(bytes) {
      await input.write(bytes).catch((cause) => {
        throw streamError(`write to "${command}"`, cause);
      });
    },
    async stop(patience) {
      input.close().catch(() => {});
      for (const name of ["SIGTERM", "SIGKILL"] as const) {
        if (await within(exited, patience)) break;
        signal(name);
      }
      await ended.catch(() => {});
    },
    ended,
  };
}

function spawn(
  args: string[],
  env: Readonly<Record<string, string>>,
  stdout: "piped" | "null",
  stderr: "inherit" | "null",
): Deno.ChildProcess {
  try {
    return new Deno.Command("/bin/sh", {
      args,
      env: { ...env },
      clearEnv: true,
      stdin: "piped",
      stdout,
      stderr,
      detached: true, // a session and process group of its own
    }).spawn();
  } catch (cause) {
    throw new GaitError("dependency_missing", `Cannot start "/bin/sh": ${systemReason(cause)}`, { cause });
  }
}

/** Whether a promise settles in time. */
async function within(done: Promise<unknown>, milliseconds: number): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const over = new Promise<boolean>((resolve) => timer = setTimeout(() => resolve(false), milliseconds));
  try {
    return await Promise.race([done.then(() => true), over]);
  } finally {
    clearTimeout(timer);
  }
}
