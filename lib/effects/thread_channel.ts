import { GaitError } from "../errors/mod.ts";
import { decodeUtf8, utf8 } from "../formats/bytes.ts";

/*
 * Requests to another thread through shared memory. A message of the runtime would be encoded and decoded on its way,
 * which costs its sender about 35 µs with a response; this costs a copy, and the thread that serves sleeps in the system
 * until the next request. The thread that requests goes on with other work, so an empty message of the runtime notifies
 * it of the response.
 */

/** A message: what JSON can hold, and bytes. */
export interface Message {
  readonly value: unknown;
  readonly parts: readonly Uint8Array[];
}

/** Places in the header. */
const REQUESTED = 0;
const LENGTH = 1;
const HEADER_BYTES = 8;

/** Bytes of a channel at first, and at most: 64 KiB, and 512 MiB. It grows with its largest message and never shrinks. */
const FIRST_BYTES = 1 << 16;
const MAX_BYTES = 1 << 29;

/** The shared memory of a channel. */
export function makeChannel(): SharedArrayBuffer {
  return new SharedArrayBuffer(FIRST_BYTES, { maxByteLength: MAX_BYTES });
}

/** Sends requests to the other thread, one at a time. */
export interface Requester {
  /** Resolves with the response; rejects when the other thread is gone. */
  send(message: Message): Promise<Message>;
  /** The response is there. */
  responded(): void;
  /** The other thread is gone: what waits for a response, and whatever is requested later, fails. */
  fail(error: unknown): void;
}

/** The side of a channel that requests. It goes on with other work while it waits. */
export function requestThrough(shared: SharedArrayBuffer): Requester {
  const header = new Int32Array(shared, 0, HEADER_BYTES / 4);
  let requested = 0;
  let turn: Promise<unknown> = Promise.resolve();
  let failure: { readonly error: unknown } | undefined;
  let waiting: PromiseWithResolvers<Message> | undefined;

  async function sendNow(message: Message): Promise<Message> {
    if (failure) throw failure.error;
    write(shared, header, message);
    waiting = Promise.withResolvers();
    requested = (requested + 1) | 0;
    Atomics.store(header, REQUESTED, requested);
    Atomics.notify(header, REQUESTED);
    return await waiting.promise;
  }

  return {
    send(message) {
      const response = turn.then(() => sendNow(message));
      turn = response.catch(() => {});
      return response;
    },
    responded: () => waiting?.resolve(read(shared, header)),
    fail(error) {
      failure = { error };
      waiting?.reject(error);
    },
  };
}

/**
 * The side of a channel that responds. Its thread does nothing else.
 *
 * @param notify notifies the other thread of a response
 */
export async function serveThrough(
  shared: SharedArrayBuffer,
  respond: (message: Message) => Promise<Message>,
  notify: () => void,
): Promise<never> {
  const header = new Int32Array(shared, 0, HEADER_BYTES / 4);
  for (let seen = 0;;) {
    Atomics.wait(header, REQUESTED, seen);
    seen = Atomics.load(header, REQUESTED);
    write(shared, header, await respond(read(shared, header)));
    notify();
  }
}

/** @throws {GaitError} `io_failure` when it is larger than a channel can be */
function write(shared: SharedArrayBuffer, header: Int32Array, { value, parts }: Message): void {
  const head = utf8(JSON.stringify([value, parts.map(({ length }) => length)]));
  const pieces = [head, ...parts];
  const needed = pieces.reduce((sum, { length }) => sum + length, HEADER_BYTES);
  if (needed > MAX_BYTES) {
    throw new GaitError("io_failure", `Cannot write ${needed} bytes at once: at most ${MAX_BYTES}`);
  }
  if (needed > shared.byteLength) shared.grow(needed);
  const memory = new Uint8Array(shared);
  let at = HEADER_BYTES;
  for (const piece of pieces) {
    memory.set(piece, at);
    at += piece.length;
  }
  Atomics.store(header, LENGTH, head.length);
}

/** Copied, because the memory holds the next message soon, and the runtime writes no shared memory to files. */
function read(shared: SharedArrayBuffer, header: Int32Array): Message {
  let at = HEADER_BYTES;
  const take = (length: number) => {
    const part = new Uint8Array(new Uint8Array(shared, at, length));
    at += length;
    return part;
  };
  const [value, lengths]: [unknown, number[]] = JSON.parse(decodeUtf8(take(Atomics.load(header, LENGTH))));
  return { value, parts: lengths.map(take) };
}
