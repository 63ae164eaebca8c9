import * as zlib from "node:zlib";
import { invalidInput } from "../errors/mod.ts";
import { concat } from "../formats/bytes.ts";
import { framesOf } from "./zstandard_frames.ts";

/**
 * Unpack what Zstandard compressed, as evaluation logs of Inspect are, with the codec of the runtime.
 *
 * @param size most bytes that may come out
 * @throws {GaitError} `invalid_input`, naming the archive, if it is damaged or the runtime has no such codec
 */
export function unpackZstandard(packed: Uint8Array, size: number, what: string): Uint8Array<ArrayBuffer> {
  // Node has it from 22.15.
  if (typeof zlib.zstdDecompressSync !== "function") {
    throw invalidInput(
      `Cannot read ${what}: it is packed with Zstandard, which this version of Node can't unpack`,
      {
        hint:
          "Use Node 22.15 or later, or the executable; Inspect converts its logs: inspect log convert --to json",
      },
    );
  }
  const damaged = (cause?: unknown) =>
    invalidInput(`Cannot read ${what}: its data in Zstandard is damaged, cut off, or larger than allowed`, {
      cause,
    });
  const frames = framesOf(packed);
  if (frames === undefined) throw damaged();
  const parts: Uint8Array[] = [];
  let left = size;
  for (const frame of frames) {
    let part: Uint8Array;
    try {
      part = zlib.zstdDecompressSync(frame, { maxOutputLength: Math.max(left, 1) });
    } catch (cause) {
      throw damaged(cause);
    }
    left -= part.length;
    if (left < 0) throw damaged();
    parts.push(part);
  }
  return concat(parts);
}
