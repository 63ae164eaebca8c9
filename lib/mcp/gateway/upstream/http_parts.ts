import { GaitError } from "../../../errors/mod.ts";
import { concat } from "../../../formats/bytes.ts";
import { MAX_MESSAGE_BYTES } from "./child.ts";

/** Read a body, counting what comes. */
export async function readBounded(body: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of body) {
    size += part.length;
    if (size > MAX_MESSAGE_BYTES) {
      throw new GaitError("network_permanent", `the answer is larger than ${MAX_MESSAGE_BYTES} bytes`);
    }
    parts.push(part);
  }
  return concat(parts);
}

/** A status that is no answer. */
export function unusable(status: number): GaitError {
  return new GaitError("network_permanent", `the server answered with status ${status}`);
}
