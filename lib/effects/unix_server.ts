import { createServer, type Server, type Socket } from "node:net";
import { GaitError, invalidInput, messageOf } from "../errors/mod.ts";
import { streamError } from "./errors.ts";
import { missingPermission } from "./permissions.ts";
import { turns } from "./stdio.ts";
import { onStopSignal } from "./stop_signal.ts";
import type { UnixConnection, UnixListenOptions, UnixServer } from "./types.ts";
import { placeSocket } from "./unix_path.ts";

/**
 * Serve programs of this host over a Unix socket. The kernel lets nobody connect who may not write to the socket's file.
 * Deno does not tell who is on the other side of a connection, so the mode of the file and its folder is what protects.
 */
export async function listenUnix(
  options: UnixListenOptions,
  serve: (connection: UnixConnection) => Promise<void>,
): Promise<UnixServer> {
  if (Deno.build.os === "windows") {
    throw new GaitError("dependency_missing", "Cannot listen: there are no Unix sockets on this system");
  }
  const turn = turns();
  const connections = new Map<OpenConnection, Promise<void>>();
  let closing = false;
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    // A client that gets no place sees its connection closed, and can't take that for a decision.
    if (closing || connections.size >= options.maxConnections) {
      socket.destroy();
      return;
    }
    const connection = openConnection(socket, turn);
    const served = serve(connection).catch(() => {}).then(() => connection.finish());
    connections.set(connection, served.finally(() => connections.delete(connection)));
  });
  const file = "path" in options
    ? await placeSocket(options.path, (path) => bind(server, { path }))
    : await bind(server, { fd: options.descriptor });
  const stopped = new Promise<void>((resolve) => onStopSignal(resolve));
  return {
    stopped,
    async close(patience) {
      closing = true;
      file?.remove();
      server.close();
      for (const connection of connections.keys()) connection.stop();
      const all = Promise.all(connections.values());
      await Promise.race([all, new Promise((resolve) => Deno.unrefTimer(setTimeout(resolve, patience)))]);
      for (const connection of connections.keys()) connection.destroy();
      await all;
    },
  };
}

function bind(server: Server, where: { path: string } | { fd: number }): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (cause: unknown) => reject(listenError(cause, where));
    server.once("error", fail);
    try {
      server.listen(where, () => {
        server.off("error", fail);
        // Later errors concern single connections, such as too many open files.
        server.on("error", () => {});
        resolve();
      });
    } catch (cause) {
      fail(cause);
    }
  });
}

function listenError(cause: unknown, where: { path: string } | { fd: number }): GaitError {
  if (missingPermission(cause) !== undefined) {
    return new GaitError("dependency_missing", "Cannot listen: this executable may not make Unix sockets", {
      detail: "permission_missing",
      hint:
        "Use the gait-online build, or let the system make the socket and hand it over: --socket-fd 3 (docs/gate_stream.md)",
      cause,
    });
  }
  return "path" in where
    ? invalidInput(`Cannot listen on a socket: ${messageOf(cause)}`, {
      hint: "The path may have about 100 bytes; choose a shorter one",
      cause,
    })
    : invalidInput(`Cannot listen on file descriptor ${where.fd}: it is no listening socket`, {
      hint: "systemd and systemd-socket-activate hand it over as 3",
      cause,
    });
}

interface OpenConnection extends UnixConnection {
  /** Send what was written, and close. */
  finish(): Promise<void>;
  destroy(): void;
}

function openConnection(socket: Socket, turn: () => Promise<void>): OpenConnection {
  let [ended, halted, wake] = [false, false, () => {}];
  const end = () => {
    ended = true;
    wake();
  };
  socket.on("readable", () => wake());
  for (const event of ["end", "error", "close"]) socket.on(event, end);
  async function* input() {
    while (!halted) {
      const piece: Uint8Array | null = socket.read();
      if (piece !== null) yield piece;
      else if (ended) return;
      else await new Promise<void>((resolve) => wake = resolve);
    }
  }
  return {
    input: input(),
    turn,
    stopped: () => true,
    stop() {
      halted = true;
      wake();
    },
    write: (bytes) =>
      new Promise((resolve, reject) => {
        const done = (cause?: Error | null) =>
          cause ? reject(streamError("write to a client", cause)) : resolve();
        if (socket.destroyed) done(new Error("it is gone"));
        else socket.write(bytes, done);
      }),
    finish: () =>
      new Promise((resolve) => {
        if (socket.destroyed) return resolve();
        socket.once("close", () => resolve());
        socket.end(() => socket.destroy());
      }),
    destroy: () => void socket.destroy(),
  };
}
