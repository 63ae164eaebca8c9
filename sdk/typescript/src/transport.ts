import { type ChildProcess, spawn } from "node:child_process";
import { lstatSync } from "node:fs";
import { connect, type Socket } from "node:net";
import process from "node:process";
import { GaitError } from "../../../lib/errors/mod.ts";

/** The other side. */
export interface Transport {
  write(text: string): void;
  /** Whether the process of this program waits for it. */
  hold(yes: boolean): void;
  /** Say that nothing more comes; ended by force after the time. */
  close(grace: number): Promise<void>;
}

/** What a transport reports; the end once, with the reason. */
export interface Listener {
  readonly onData: (piece: Uint8Array) => void;
  readonly onEnd: (error: GaitError) => void;
}

/** A gate that is not there, or is gone. */
export function unavailable(detail: string, message: string, hint?: string): GaitError {
  return new GaitError(detail === "not_found" ? "dependency_missing" : "io_failure", message, {
    detail,
    ...(hint === undefined ? {} : { hint }),
  });
}

/** Start `gait gate stream` as a child; in a group of its own, because Ctrl-C is for the agent. */
export function childTransport(command: readonly string[], cwd: string | undefined, on: Listener): Transport {
  const [program = "", ...args] = command;
  const child = spawn(program, args, {
    ...(cwd === undefined ? {} : { cwd }),
    stdio: ["pipe", "pipe", "pipe"],
    detached: process.platform !== "win32",
  });
  let words = "";
  const ended = new Promise<void>((resolve) => {
    child.once("error", (error: Error & { code?: string }) => {
      on.onEnd(unavailable(
        "not_found",
        `Cannot run "${program}": ${error.code === "ENOENT" ? "it is not found" : error.message}`,
        "Name the executable: gaitBin, or the variable GAIT_BIN",
      ));
      resolve();
    });
    child.once("close", (status, signal) => {
      const how = signal === null ? `it ended with ${status}` : `it was ended by ${signal}`;
      on.onEnd(unavailable("died", `The gate ended: ${how}${words === "" ? "" : `: ${words.trim()}`}`));
      resolve();
    });
  });
  child.stdout!.on("data", on.onData);
  child.stderr!.on("data", (piece) => words = (words + String(piece)).slice(-2000));
  child.stdin!.on("error", () => {}); // the end is reported by itself
  return {
    write: (text) => void child.stdin!.write(text),
    hold(yes) {
      for (const one of [child, child.stdin, child.stdout, child.stderr] as unknown as Socket[]) {
        yes ? one.ref?.() : one.unref?.();
      }
    },
    async close(grace) {
      child.stdin!.end();
      await orLater(ended, grace, () => kill(child));
    },
  };
}

function kill(child: ChildProcess): void {
  child.kill("SIGKILL");
}

/** Connect to a gate on a Unix socket. */
export function socketTransport(path: string, on: Listener): Transport {
  const socket = connect(path);
  const ended = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  socket.once("error", ({ code, message }: Error & { code?: string }) =>
    on.onEnd(unavailable(
      "not_found",
      `Cannot connect to the gate at "${path}": ${code ?? message}`,
      "Start it: gait gate serve --socket <path>",
    )));
  socket.once("close", () => on.onEnd(unavailable("died", `The gate at "${path}" closed the connection`)));
  socket.on("data", on.onData);
  return {
    write: (text) => void socket.write(text),
    hold: (yes) => void (yes ? socket.ref() : socket.unref()),
    async close(grace) {
      socket.end();
      await orLater(ended, grace, () => socket.destroy());
    },
  };
}

/**
 * Refuse a socket of another user, who would allow everything. Node does not say who is on the other side, so the owner of
 * the socket's file counts.
 */
export function checkOwner(path: string): void {
  const { uid } = lstatSync(path);
  const named = process.env.GAIT_GATE_SOCKET_UID ?? "";
  const allowed = [process.getuid?.(), 0, /^[0-9]+$/.test(named) ? Number(named) : undefined];
  if (process.getuid === undefined || allowed.includes(uid)) return;
  throw new GaitError(
    "unsafe_operation",
    `The socket "${path}" belongs to the user ${uid}, who may not decide`,
    {
      detail: "untrusted",
      hint: "Set GAIT_GATE_SOCKET_UID if that is meant",
    },
  );
}

async function orLater(ended: Promise<void>, grace: number, force: () => void): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<void>((resolve) => timer = setTimeout(resolve, grace));
  await Promise.race([ended, late]);
  clearTimeout(timer);
  force();
}
