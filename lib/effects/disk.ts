import { refuseSpecial } from "./regular.ts";

/** An open file with the operations that durable writing needs. */
export interface DiskFile {
  write(bytes: Uint8Array): Promise<number>;
  sync(): Promise<void>;
  close(): void;
}

/**
 * All file system calls that write. Fault tests replace it to make the n-th call fail. Errors are those of the
 * system.
 */
export interface Disk {
  /** Create a file; fails if the path exists, and does not follow links. */
  create(path: string, mode: number): Promise<DiskFile>;
  openAppend(path: string, mode: number): Promise<DiskFile>;
  /** Create a file with its content, without fsync; fails if the path exists. */
  place(path: string, content: Uint8Array, mode: number): void;
  /** Truncate a file and fsync it. */
  truncate(path: string, size: number): Promise<void>;
  chmod(path: string, mode: number): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  link(from: string, to: string): Promise<void>;
  remove(path: string): Promise<void>;
  /** Fsync an existing file. */
  syncFile(path: string): Promise<void>;
  syncFolder(path: string): Promise<void>;
}

/** The real disk. */
export const disk: Disk = {
  // deno-lint-ignore require-await -- an error must reject, not throw
  create: async (path, mode) => opened(path, { write: true, createNew: true, mode }),
  // deno-lint-ignore require-await -- an error must reject, not throw
  async openAppend(path, mode) {
    refuseSpecial("append to", path);
    return opened(path, { append: true, create: true, mode });
  },
  place: (path, content, mode) => Deno.writeFileSync(path, content, { createNew: true, mode }),
  async truncate(path, size) {
    refuseSpecial("cut", path);
    const file = await Deno.open(path, { write: true });
    try {
      await file.truncate(size);
      await file.sync();
    } finally {
      file.close();
    }
  },
  chmod: async (path, mode) => {
    if (Deno.build.os !== "windows") await Deno.chmod(path, mode);
  },
  rename: (from, to) => Deno.rename(from, to),
  link: (from, to) => Deno.link(from, to),
  // Synchronous: a trip to another thread takes ten times as long as removing a file.
  // deno-lint-ignore require-await -- an error must reject, not throw
  remove: async (path) => Deno.removeSync(path),
  async syncFile(path) {
    refuseSpecial("write", path);
    // Opened synchronously: a round trip to the thread pool would cost more than opening the file.
    const file = Deno.openSync(path, { write: true });
    try {
      await file.sync();
    } finally {
      file.close();
    }
  },
  async syncFolder(path) {
    if (Deno.build.os === "windows") return;
    const folder = await Deno.open(path);
    try {
      await folder.sync();
    } finally {
      folder.close();
    }
  },
};

/** Writes of this size wait for the memory of the system alone, larger ones for the disk too. 256 KiB. */
const SMALL = 1 << 18;

/** Opened and written synchronously: a trip to another thread takes ten times as long. An fsync is worth the trip. */
function opened(path: string, options: Deno.OpenOptions): DiskFile {
  const file = Deno.openSync(path, options);
  return {
    // deno-lint-ignore require-await -- an error must reject, not throw
    write: async (bytes) => bytes.length <= SMALL ? file.writeSync(bytes) : file.write(bytes),
    sync: () => file.sync(),
    close: () => file.close(),
  };
}

/** Write all bytes, in as many calls as necessary. */
export async function writeAll(file: DiskFile, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) {
    const written = await file.write(bytes.subarray(at));
    if (written === 0) throw new Error("the disk took no bytes"); // else this would never end
    at += written;
  }
}
