import { GaitError } from "../../../errors/mod.ts";
import { concat } from "../../../formats/bytes.ts";
import { MAX_MESSAGE_BYTES } from "./child.ts";

/** The detail of the error for an answer that is too long. */
export const TOO_LONG_ANSWER = "answer_too_long";

/**
 * Read a body, counting what comes.
 *
 * @throws {GaitError} `network_permanent` for one beyond the limit
 */
export async function readBounded(body: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of body) {
    size += part.length;
    if (size > MAX_MESSAGE_BYTES) {
      throw new GaitError(
        "network_permanent",
        `the answer of the server is longer than ${MAX_MESSAGE_BYTES} bytes`,
        { detail: TOO_LONG_ANSWER },
      );
    }
    parts.push(part);
  }
  return concat(parts);
}

/** A status that is no answer. */
export function unusable(status: number): GaitError {
  return new GaitError("network_permanent", `the server answered with status ${status}`);
}
