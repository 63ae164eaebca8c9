import { lstatSync } from "node:fs";
import { connect } from "node:net";
import process from "node:process";
import { GaitError } from "../../../lib/errors/mod.ts";
import { type Listener, orLater, type Transport, unavailable } from "./transport.ts";

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
