import { invalidInput } from "../../errors/mod.ts";

/** Deflate can't expand more than this; a higher declared ratio is a lie. */
export const MAX_RATIO = 1032;

/**
 * Inflate raw deflate bytes, chunk by chunk, and stop as soon as more comes out than was declared: a bomb is
 * counted while it unfolds, whatever its header says (anchors 5.3, item 2).
 *
 * @throws {GaitError} `invalid_input` when the stream is damaged or has another length than declared
 */
export async function* inflate(
  packed: Uint8Array<ArrayBuffer>,
  declaredSize: number,
  name: string,
): AsyncGenerator<Uint8Array> {
  const stream = new DecompressionStream("deflate-raw");
  const writer = stream.writable.getWriter();
  // The reader below reports the error; these two promises would only repeat it unheard.
  writer.write(packed).catch(() => {});
  writer.close().catch(() => {});
  const reader = stream.readable.getReader();
  let size = 0;
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) break;
      size += value.length;
      if (size > declaredSize) throw damaged(name, "it is larger than declared");
      yield value;
    }
  } catch (error) {
    if (error instanceof TypeError) throw damaged(name, "its compressed data is damaged", error);
    throw error;
  } finally {
    await reader.cancel().catch(() => {});
  }
  if (size !== declaredSize) throw damaged(name, "it is smaller than declared");
}

/** An entry whose bytes can't be had. */
export function damaged(name: string, reason: string, cause?: unknown) {
  return invalidInput(`Cannot read entry "${name}": ${reason}`, { cause });
}
