import { Buffer } from "node:buffer";
import * as fs from "node:fs";
import process from "node:process";
import { demandHeld } from "./held_locks.ts";

/*
 * What lib/effects uses of Deno for files, on Node and Bun: `scripts/npm.ts` puts `host` in the place of `Deno` there, so
 * that files are read and written by the same code with the same guarantees. Locks are in node/lock.ts, since Node has
 * none of the system's.
 */

const { O_APPEND, O_CREAT, O_EXCL, O_RDONLY, O_RDWR, O_WRONLY } = fs.constants;

interface OpenOptions {
  readonly read?: boolean;
  readonly write?: boolean;
  readonly append?: boolean;
  readonly create?: boolean;
  readonly createNew?: boolean;
  readonly mode?: number;
}

/** An open file; it reads from where it was set to, else where the system is. */
class FsFile {
  readonly #descriptor: number;
  #at: number | null = null;
  #open = true;

  constructor(descriptor: number) {
    this.#descriptor = descriptor;
  }

  readSync(into: Uint8Array): number | null {
    if (into.length === 0) return 0;
    const read = fs.readSync(this.#descriptor, into, 0, into.length, this.#at);
    if (this.#at !== null) this.#at += read;
    return read === 0 ? null : read;
  }

  // deno-lint-ignore require-await -- an error must reject, not throw
  async read(into: Uint8Array): Promise<number | null> {
    return this.readSync(into);
  }

  writeSync(bytes: Uint8Array): number {
    return fs.writeSync(this.#descriptor, bytes);
  }

  write(bytes: Uint8Array): Promise<number> {
    return new Promise((resolve, reject) =>
      fs.write(
        this.#descriptor,
        bytes,
        0,
        bytes.length,
        null,
        (error, count) => error ? reject(error) : resolve(count),
      )
    );
  }

  sync(): Promise<void> {
    return new Promise((resolve, reject) =>
      fs.fsync(this.#descriptor, (error) => error ? reject(error) : resolve())
    );
  }

  /** Locks of the system are not there: node/lock.ts and node/journals.ts say whose a file is by other means. */
  tryLockSync(): boolean {
    return true;
  }

  truncateSync(size: number): void {
    fs.ftruncateSync(this.#descriptor, size);
  }

  seekSync(offset: number): void {
    this.#at = offset;
  }

  statSync() {
    return infoOf(fs.fstatSync(this.#descriptor));
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    fs.closeSync(this.#descriptor);
  }
}

function infoOf(stats: fs.Stats) {
  const { size, mtime, ctime, dev, ino, mode } = stats;
  return {
    ...kindOf(stats),
    isFifo: stats.isFIFO(),
    isSocket: stats.isSocket(),
    isCharDevice: stats.isCharacterDevice(),
    isBlockDevice: stats.isBlockDevice(),
    size,
    mtime,
    ctime,
    dev,
    ino,
    mode,
  };
}

function kindOf(of: fs.Stats | fs.Dirent) {
  return { isFile: of.isFile(), isDirectory: of.isDirectory(), isSymlink: of.isSymbolicLink() };
}

/** Recognises the system's errors by their codes. */
function errorKind(...codes: readonly string[]) {
  return class extends Error {
    static override [Symbol.hasInstance](error: unknown): boolean {
      const code = (error as { code?: unknown } | null)?.code;
      return typeof code === "string" && codes.includes(code);
    }
    readonly code = codes[0];
  };
}

const errors = {
  NotFound: errorKind("ENOENT"),
  AlreadyExists: errorKind("EEXIST"),
  PermissionDenied: errorKind("EACCES", "EPERM"),
  NotADirectory: errorKind("ENOTDIR"),
  IsADirectory: errorKind("EISDIR"),
  FilesystemLoop: errorKind("ELOOP"),
  NotSupported: errorKind("ENOTSUP", "EOPNOTSUPP"),
  BrokenPipe: errorKind("EPIPE"),
  WouldBlock: errorKind("EAGAIN"),
  // What only Deno has.
  NotCapable: errorKind(),
  InvalidData: errorKind(),
};

/** In the place of `Deno`. */
export const host = {
  errors,
  SeekMode: { Start: 0 },
  pid: process.pid,
  cwd: () => process.cwd(),
  build: { os: process.platform === "win32" ? "windows" : process.platform },
  openSync(path: string, { read, write = false, append = false, create, createNew, mode }: OpenOptions = {}) {
    const writes = write || append;
    const access = writes ? (read ? O_RDWR : O_WRONLY) : O_RDONLY;
    const more = (append ? O_APPEND : 0) | (create || createNew ? O_CREAT : 0) | (createNew ? O_EXCL : 0);
    return new FsFile(fs.openSync(path, access | more, mode));
  },
  statSync: (path: string) => infoOf(fs.statSync(path)),
  lstatSync: (path: string) => infoOf(fs.lstatSync(path)),
  realPathSync: (path: string) => fs.realpathSync.native(path),
  readDirSync: (path: string) =>
    fs.readdirSync(path, { withFileTypes: true }).map((entry) => ({ name: entry.name, ...kindOf(entry) })),
  // deno-lint-ignore require-await -- an error must reject, not throw
  async mkdir(path: string, options: { readonly recursive: boolean; readonly mode: number }) {
    fs.mkdirSync(path, options);
  },
  chmodSync: fs.chmodSync,
  linkSync: fs.linkSync,
  renameSync(from: string, to: string) {
    demandHeld(to);
    fs.renameSync(from, to);
  },
  async rename(from: string, to: string) {
    demandHeld(to);
    await fs.promises.rename(from, to);
  },
  removeSync(path: string) {
    if (fs.lstatSync(path).isDirectory()) fs.rmdirSync(path);
    else fs.unlinkSync(path);
  },
  writeFileSync(
    path: string,
    content: Uint8Array,
    { mode }: { readonly createNew: true; readonly mode: number },
  ) {
    fs.writeFileSync(path, Buffer.from(content), { flag: "wx", mode });
  },
};
