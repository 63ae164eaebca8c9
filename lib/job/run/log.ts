import type { Files } from "../../effects/mod.ts";
import { concat, utf8 } from "../../formats/bytes.ts";
import { joinPath } from "../../formats/path.ts";

/** The file in the job folder with the output of its command. */
export const LOG_FILE = "run.log";

const TRUNCATION_NOTICE = utf8("[earlier output was dropped]\n");

/**
 * The output log of a job. It never grows beyond a limit: when it would, its older half is dropped. It isn't synced,
 * because it is not evidence; the digests in the checkpoints are.
 */
export class RunLog {
  readonly #path: string;
  readonly #limit: number;
  readonly #files: Files;
  #last: Promise<void> = Promise.resolve();

  constructor(folder: string, limit: number, files: Files) {
    this.#path = joinPath(folder, LOG_FILE);
    this.#limit = limit;
    this.#files = files;
  }

  /** Append bytes after those of all earlier calls. */
  append(bytes: Uint8Array): Promise<void> {
    const done = this.#last.then(() => this.#append(bytes));
    this.#last = done.catch(() => {});
    return done;
  }

  async #append(bytes: Uint8Array): Promise<void> {
    const info = await this.#files.stat(this.#path);
    const options = { anywhere: true, sync: false };
    // Never write through a symbolic link, whose target may be any file (docs/threat_model.md 17): the log replaces
    // the link.
    if (info === undefined || info.kind === "symlink") {
      return await this.#files.writeAtomic(this.#path, this.#tail(bytes), options);
    }
    const { size } = info;
    if (size + bytes.length <= this.#limit) return await this.#files.appendAt(this.#path, size, bytes, false);
    const half = Math.min(size, this.#limit >> 1);
    const older = await this.#files.readPart(this.#path, size - half, half);
    const newline = older.indexOf(0x0a);
    const kept = concat([TRUNCATION_NOTICE, newline < 0 ? older : older.subarray(newline + 1), bytes]);
    await this.#files.writeAtomic(this.#path, this.#tail(kept), options);
  }

  /** The last bytes of a chunk that exceeds the limit by itself. */
  #tail(bytes: Uint8Array): Uint8Array {
    return bytes.length <= this.#limit ? bytes : bytes.subarray(bytes.length - this.#limit);
  }
}
