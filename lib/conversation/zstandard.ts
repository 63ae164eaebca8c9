import * as zlib from "node:zlib";
import { invalidInput } from "../errors/mod.ts";

/**
 * Unpack what Zstandard compressed, as evaluation logs of Inspect are, with the codec of the runtime.
 *
 * @param size most bytes that may come out
 * @throws {GaitError} `invalid_input`, naming the archive, if it is damaged or the runtime has no such codec
 */
export function unpackZstandard(packed: Uint8Array, size: number, what: string): Uint8Array {
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
  try {
    return zlib.zstdDecompressSync(packed, { maxOutputLength: Math.max(size, 1) });
  } catch (cause) {
    throw invalidInput(`Cannot read ${what}: its data in Zstandard is damaged, or larger than it says`, {
      cause,
    });
  }
}
