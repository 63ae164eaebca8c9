import { decodeUtf8, utf8 } from "../formats/bytes.ts";

/*
 * Questions to another thread through shared memory. A message of the runtime would be encoded and decoded on its way, which
 * costs its sender about 35 µs with an answer; this costs a copy, and the thread that waits for it sleeps in the system.
 * The thread that asks goes on with other work, so the runtime tells it that the answer is there.
 */

/** A message: what JSON can hold, and bytes. */
export interface Message {
  readonly value: unknown;
  readonly parts: readonly Uint8Array[];
}

/** Places in the header. */
const ASKED = 0;
const LENGTH = 1;
const HEADER_BYTES = 8;

/** Bytes of a channel at first, and at most: 64 KiB, and 512 MiB, which take memory only when they are used. */
const FIRST_BYTES = 1 << 16;
const MAX_BYTES = 1 << 29;

/** The shared memory of a channel. */
export function makeChannel(): SharedArrayBuffer {
  return new SharedArrayBuffer(FIRST_BYTES, { maxByteLength: MAX_BYTES });
}

/** Asks the other thread; one question at a time. */
export interface Asking {
  /** Resolves with the answer; rejects when the other thread is gone. */
  ask(message: Message): Promise<Message>;
  /** The other thread said that the answer is there. */
  answered(): void;
  /** The other thread is gone: what waits for an answer, and whatever is asked later, fails. */
  fail(error: unknown): void;
}

/** The side of a channel that asks. It goes on with other work while it waits. */
export function askThrough(shared: SharedArrayBuffer): Asking {
  const header = new Int32Array(shared, 0, HEADER_BYTES / 4);
  let asked = 0;
  let turn: Promise<unknown> = Promise.resolve();
  let failure: { readonly error: unknown } | undefined;
  let waiting: PromiseWithResolvers<Message> | undefined;

  async function askNow(message: Message): Promise<Message> {
    if (failure) throw failure.error;
    write(shared, header, message);
    waiting = Promise.withResolvers();
    asked = (asked + 1) | 0;
    Atomics.store(header, ASKED, asked);
    Atomics.notify(header, ASKED);
    return await waiting.promise;
  }

  return {
    ask(message) {
      const answer = turn.then(() => askNow(message));
      turn = answer.catch(() => {});
      return answer;
    },
    answered: () => waiting?.resolve(read(shared, header)),
    fail(error) {
      failure = { error };
      waiting?.reject(error);
    },
  };
}

/**
 * The side of a channel that answers. Its thread does nothing else.
 *
 * @param answered tells the other thread that the answer is there
 */
export async function answerThrough(
  shared: SharedArrayBuffer,
  answer: (message: Message) => Promise<Message>,
  answered: () => void,
): Promise<never> {
  const header = new Int32Array(shared, 0, HEADER_BYTES / 4);
  for (let seen = 0;;) {
    Atomics.wait(header, ASKED, seen);
    seen = Atomics.load(header, ASKED);
    write(shared, header, await answer(read(shared, header)));
    answered();
  }
}

function write(shared: SharedArrayBuffer, header: Int32Array, { value, parts }: Message): void {
  const head = utf8(JSON.stringify([value, parts.map(({ length }) => length)]));
  const pieces = [head, ...parts];
  const needed = pieces.reduce((sum, { length }) => sum + length, HEADER_BYTES);
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
