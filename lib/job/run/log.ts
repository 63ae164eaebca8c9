import type { Files } from "../../effects/mod.ts";
import { concat, utf8 } from "../../formats/bytes.ts";
import { joinPath } from "../../formats/path.ts";

/** What the command of a job printed, in its folder. */
export const LOG_FILE = "run.log";

const CUT = utf8("[earlier output was dropped]\n");

/**
 * The log of a job. It never grows beyond a limit: when it would, its older half is dropped. It is no evidence, the
 * digests in the checkpoints are, so it isn't synced.
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

  /** Add bytes behind everything that was added before. */
  append(bytes: Uint8Array): Promise<void> {
    const mine = this.#last.then(() => this.#append(bytes));
    this.#last = mine.catch(() => {});
    return mine;
  }

  async #append(bytes: Uint8Array): Promise<void> {
    const info = await this.#files.stat(this.#path);
    const loose = { anywhere: true, sync: false };
    // What a link leads to is not ours to write (docs/threat_model.md 17): the log takes the place of the link.
    if (info === undefined || info.kind === "symlink") {
      return await this.#files.writeAtomic(this.#path, this.#tail(bytes), loose);
    }
    const { size } = info;
    if (size + bytes.length <= this.#limit) return await this.#files.appendAt(this.#path, size, bytes, false);
    const half = Math.min(size, this.#limit >> 1);
    const older = await this.#files.readPart(this.#path, size - half, half);
    const newline = older.indexOf(0x0a);
    const kept = concat([CUT, newline < 0 ? older : older.subarray(newline + 1), bytes]);
    await this.#files.writeAtomic(this.#path, this.#tail(kept), loose);
  }

  /** The end of what is too long even by itself. */
  #tail(bytes: Uint8Array): Uint8Array {
    return bytes.length <= this.#limit ? bytes : bytes.subarray(bytes.length - this.#limit);
  }
}
