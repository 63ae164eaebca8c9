import { Socket } from "node:net";
import type { PieceReader } from "./pieces.ts";

/*
 * Standard input and output as sockets. Of pipes and sockets the runtime notices itself when they can be read and written;
 * for `Deno.stdin` and `Deno.stdout` it keeps threads that wait, and each message waits for one more thread to be woken. On
 * a busy machine that is the slowest part of its way.
 *
 * What else they may be, such as a file or a terminal, is left to these, and so is all of it where the runtime has no sockets
 * of descriptors (Deno 2.4) or the system has others (Windows).
 */

/** The most bytes of one read. */
const SIZE = 65_536;

/** Bytes that are read and not taken: with more, nothing is read until some were. */
const MAX_HELD = 1 << 20;

/** Standard input; absent where it can't be a socket. */
export function inputSocket(): PieceReader | undefined {
  let pieces: Uint8Array<ArrayBuffer>[] = [];
  let held = 0;
  let paused = false;
  let ended = false;
  let failure: { readonly error: unknown } | undefined;
  let notify = () => {};
  const buffer = new Uint8Array(SIZE);
  const socket = socketOf(0, {
    readable: true,
    // One buffer for all reads: else each message, however short, takes a fresh one of 64 KiB.
    onread: {
      buffer,
      callback(length) {
        pieces.push(buffer.slice(0, length));
        held += length;
        paused = held > MAX_HELD;
        notify();
        return !paused;
      },
    },
  });
  if (!socket) return undefined;
  const end = () => {
    ended = true;
    notify();
  };
  socket.on("end", end).on("close", end).on("error", (error) => {
    failure ??= { error };
    end();
  });
  return {
    async next() {
      while (pieces.length === 0) {
        if (failure) throw failure.error;
        if (ended) return undefined;
        if (paused) {
          paused = false;
          socket.resume();
        }
        await new Promise<void>((resolve) => notify = resolve);
      }
      const piece = pieces.shift()!;
      held -= piece.length;
      return piece;
    },
    cancel() {
      pieces = [];
      held = 0;
      socket.destroy();
      end();
      return Promise.resolve();
    },
  };
}

/** What writes to standard output and resolves when the system has all bytes; absent where it can't be a socket. */
export function outputSocket(): ((bytes: Uint8Array) => Promise<void>) | undefined {
  const socket = socketOf(1, { writable: true });
  // Each write reports its error itself.
  socket?.on("error", () => {});
  return socket && ((bytes) =>
    new Promise((resolve, reject) => {
      socket.write(bytes, (error) => error ? reject(error) : resolve());
    }));
}

function socketOf(
  fd: number,
  how: Partial<ConstructorParameters<typeof Socket>[0]>,
): Socket | undefined {
  if (Deno.build.os === "windows") return undefined;
  try {
    // The other direction may be the same socket, which must not end with this one.
    return new Socket({ fd, readable: false, writable: false, allowHalfOpen: true, ...how });
  } catch {
    return undefined;
  }
}
