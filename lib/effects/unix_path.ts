import { connect } from "node:net";
import { basename, dirname, join } from "node:path";
import { GaitError, invalidInput, unsafeOperation } from "../errors/mod.ts";
import { fileError } from "./errors.ts";
import { withLock } from "./lock.ts";

/** Longest time in which a gate that lives accepts a connection, in milliseconds. */
const PROBE = 2_000;

/** A socket's file. */
export interface SocketFile {
  readonly path: string;
  /** Remove it, unless another process has put its own there. */
  remove(): void;
}

/**
 * Put a socket at a path: it is bound in a folder of mode 0700 beside the path and moved there when its mode is 0600, so
 * that nobody else can connect at any time. A socket that nobody listens on any more is replaced in the same step.
 *
 * @param bind makes a listening socket at a path
 */
export async function placeSocket(given: string, bind: (path: string) => Promise<void>): Promise<SocketFile> {
  const folder = realFolder(given);
  const path = join(folder, basename(given));
  return await withLock(path, async () => {
    const staging = makeStaging(`${path}.start`);
    try {
      const { uid } = Deno.lstatSync(staging);
      checkFolder(folder, uid);
      for (let above = dirname(folder); above !== dirname(above); above = dirname(above)) {
        checkWritable(above);
      }
      await checkPlace(path, uid);
      const staged = join(staging, "s");
      await bind(staged);
      Deno.chmodSync(staged, 0o600);
      const { ino } = Deno.lstatSync(staged);
      Deno.renameSync(staged, path);
      return { path, remove: () => removeOwn(path, ino) };
    } finally {
      Deno.removeSync(staging, { recursive: true });
    }
  }, {});
}

function realFolder(path: string): string {
  try {
    const folder = Deno.realPathSync(dirname(path));
    if (Deno.statSync(folder).isDirectory) return folder;
  } catch (error) {
    throw fileError("listen in", dirname(path), error);
  }
  throw invalidInput(`Cannot listen in "${dirname(path)}": it is not a folder`);
}

/** The lock is held, so what is there already was left by a process that died. */
function makeStaging(path: string): string {
  try {
    Deno.removeSync(path, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw fileError("remove", path, error);
  }
  try {
    Deno.mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    throw fileError("make", path, error);
  }
  return path;
}

/** Whoever may rename in the folder could put a socket of their own in the place of this one, and allow everything. */
function checkFolder(folder: string, uid: number | null): void {
  const { uid: owner } = Deno.statSync(folder);
  if (owner !== uid && owner !== 0) {
    throw unsafeOperation(`Cannot listen in "${folder}": it belongs to another user`, {
      hint: "Choose a folder of your own, with mode 0700",
    });
  }
  checkWritable(folder);
}

/** Everybody who may write to a folder may exchange the folders in it, unless it is sticky. */
function checkWritable(folder: string): void {
  const mode = Deno.statSync(folder).mode ?? 0;
  if ((mode & 0o002) !== 0 && (mode & 0o1000) === 0) {
    throw unsafeOperation(`Cannot listen in "${folder}": everybody may write there`, {
      hint: "Choose a folder of your own, with mode 0700",
    });
  }
}

async function checkPlace(path: string, uid: number | null): Promise<void> {
  let found: Deno.FileInfo;
  try {
    found = Deno.lstatSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw fileError("look at", path, error);
  }
  if (!found.isSocket) {
    throw unsafeOperation(`Cannot listen at "${path}": something else than a socket is there`, {
      hint: "Choose another path; nothing was removed",
    });
  }
  if (found.uid !== uid) {
    throw unsafeOperation(`Cannot listen at "${path}": the socket there belongs to another user`, {
      hint: "Choose another path; nothing was removed",
    });
  }
  if (await isListening(path)) {
    throw new GaitError("state_contention", `Cannot listen at "${path}": another process listens there`, {
      hint: "Use the gate that is there, or stop it first",
    });
  }
}

/** Whether anybody listens; whatever can't be told counts as somebody. */
function isListening(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    const timer = setTimeout(() => decide(true), PROBE);
    const decide = (listening: boolean) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(listening);
    };
    socket.on("connect", () => decide(true));
    socket.on("error", ({ code }: Error & { code?: string }) => decide(code !== "ECONNREFUSED"));
  });
}

function removeOwn(path: string, ino: number | null): void {
  try {
    if (Deno.lstatSync(path).ino === ino) Deno.removeSync(path);
  } catch {
    // Somebody removed it already.
  }
}
