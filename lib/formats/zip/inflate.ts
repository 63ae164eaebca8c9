import { invalidInput } from "../../errors/mod.ts";

/** The largest expansion ratio of deflate; a higher declared ratio is false. */
export const MAX_RATIO = 1032;

/** Input bytes per step: the decompressor emits everything that one step expands to, at most 17 MB. */
const PIECE = 16 * 1024;

/**
 * Inflate raw deflate data in pieces and stop as soon as the output exceeds the declared size: a bomb is detected
 * while it expands, whatever its header declares (docs/threat_model.md 2). A piece is gone when the next one is asked
 * for.
 *
 * @throws {GaitError} `invalid_input` when the stream is damaged or has another length than declared
 */
export async function* inflate(
  packed: Uint8Array<ArrayBuffer>,
  declaredSize: number,
  name: string,
): AsyncGenerator<Uint8Array> {
  const stream = new DecompressionStream("deflate-raw");
  // The reader below reports the error; this promise would only repeat it as an unhandled rejection.
  feed(stream.writable.getWriter(), packed).catch(() => {});
  const reader = stream.readable.getReader();
  let size = 0;
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) break;
      size += value.length;
      if (size > declaredSize) throw damaged(name, "it is larger than declared");
      yield value;
      release(value);
    }
  } catch (error) {
    if (error instanceof TypeError) throw damaged(name, "its compressed data is damaged", error);
    throw error;
  } finally {
    await reader.cancel().catch(() => {});
  }
  if (size !== declaredSize) throw damaged(name, "it is smaller than declared");
}

/**
 * Give back the memory of a piece at once, which nobody needs any more. It stands outside of the heap, where up to
 * 64 MB would wait for their collection.
 */
export function release({ buffer, length }: Uint8Array): void {
  // Node 20 can't hand buffers over.
  if (buffer instanceof ArrayBuffer && buffer.byteLength === length && "transfer" in buffer) {
    buffer.transfer(0);
  }
}

/** Each step waits until the reader has consumed the output of the previous one. */
async function feed(
  writer: WritableStreamDefaultWriter<BufferSource>,
  packed: Uint8Array<ArrayBuffer>,
): Promise<void> {
  for (let at = 0; at < packed.length; at += PIECE) {
    await writer.ready;
    await writer.write(packed.subarray(at, at + PIECE));
  }
  await writer.close();
}

/** The error of an unreadable entry. */
export function damaged(name: string, reason: string, cause?: unknown) {
  return invalidInput(`Cannot read entry "${name}": ${reason}`, {
    cause,
    hint: "The archive was changed or damaged after it was made: take another copy of it",
  });
}
