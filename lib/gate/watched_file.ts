import type { Files } from "../effects/mod.ts";
import { invalidInput } from "../errors/mod.ts";
import { equalBytes } from "../formats/bytes.ts";

/** A file that is read again when it changes. */
export interface WatchedFile {
  /**
   * The content when it differs from the last one returned, else `undefined`.
   *
   * @throws {GaitError} when the file can't be read; the next call tries again
   */
  changed(): Promise<Uint8Array<ArrayBuffer> | undefined>;
}

/**
 * File times are coarse: a file that changed shortly before it was read can change again without a new time. Within
 * this span, in milliseconds, the content itself is compared.
 */
const COARSE = 2_000;

/** Watch a file by polling: unlike an event, a change can't be missed. */
export function watchFile(path: string, files: Files, now: () => number): WatchedFile {
  let last: Uint8Array | undefined;
  let version: string | undefined;
  return {
    async changed() {
      const info = await files.stat(path);
      if (info?.kind === "file" && info.version === version) return undefined;
      version = undefined;
      // A pipe has its content once: a second read would give an empty policy, or block for ever.
      if ((info?.kind === "symlink" || info?.kind === "other") && !await files.isFile(path)) {
        throw invalidInput(`Cannot read "${path}": it is not a regular file`, {
          hint: "It is read again when it changes, so it must stay where it is",
        });
      }
      const content = await files.read(path);
      // INVARIANT: the file is checked before it is read, so a change in between is seen at the next check.
      if (info?.kind === "file" && now() - info.modified > COARSE) version = info.version;
      if (last !== undefined && equalBytes(last, content)) return undefined;
      last = content;
      return content;
    },
  };
}
