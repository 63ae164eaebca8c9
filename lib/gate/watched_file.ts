import type { Files } from "../effects/mod.ts";
import { invalidInput } from "../errors/mod.ts";
import { equalBytes } from "../formats/bytes.ts";

/** A file that is read again when it changes. */
export interface WatchedFile {
  /**
   * The content when it is not the one told last, else `undefined`.
   *
   * @throws {GaitError} when the file can't be read; the next call tries again
   */
  changed(): Promise<Uint8Array<ArrayBuffer> | undefined>;
}

/**
 * A file changed so shortly before it was read can change again without the system telling, because its times are
 * coarse. Milliseconds; within this span the content itself is compared.
 */
const COARSE = 2_000;

/** Watch a file by looking at it: no event is needed, and none can be missed. */
export function watchFile(path: string, files: Files, now: () => number): WatchedFile {
  let last: Uint8Array | undefined;
  let version: string | undefined;
  return {
    async changed() {
      const info = await files.stat(path);
      if (info?.kind === "file" && info.version === version) return undefined;
      version = undefined;
      // A pipe gives its content once: read again it would be an empty policy, or hold up everything for ever.
      if ((info?.kind === "symlink" || info?.kind === "other") && !await files.isFile(path)) {
        throw invalidInput(`Cannot read "${path}": it is no regular file`, {
          hint: "It is read again when it changes, so it must stay where it is",
        });
      }
      const content = await files.read(path);
      // INVARIANT: looked at before it was read, so a change in between shows the next time.
      if (info?.kind === "file" && now() - info.modified > COARSE) version = info.version;
      if (last !== undefined && equalBytes(last, content)) return undefined;
      last = content;
      return content;
    },
  };
}
