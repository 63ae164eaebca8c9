import { invalidInput } from "../errors/mod.ts";
import { fileError } from "./errors.ts";
import { lookAt } from "./reading.ts";
import { openFile } from "./regular.ts";

/**
 * The content of a regular file in pieces, each newly allocated. A link is refused, also one that took the place of the
 * file after it was looked at, and so is a file that changes while it is read: what was processed is what stood there.
 */
export async function* chunksOf(path: string, size: number): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const file = openFile(path);
  try {
    const before = file.statSync();
    const named = Deno.lstatSync(path);
    if (named.isSymlink || named.dev !== before.dev || named.ino !== before.ino) {
      throw invalidInput(`Cannot read "${path}": it is a symbolic link`, {
        hint: "Give the path of the file itself",
      });
    }
    const version = lookAt(path)?.version;
    let total = 0;
    for (;;) {
      const chunk = new Uint8Array(size);
      let at = 0;
      while (at < size) {
        const read = await file.read(chunk.subarray(at));
        if (read === null) break;
        at += read;
      }
      total += at;
      if (at > 0) yield chunk.subarray(0, at);
      if (at < size) break;
    }
    if (total !== before.size || lookAt(path)?.version !== version) {
      throw invalidInput(`Cannot read "${path}": it changed while it was read`);
    }
  } catch (error) {
    throw fileError("read", path, error);
  } finally {
    file.close();
  }
}
