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
  /** Rename a file whose content may not be on the disk yet. */
  renameUnsynced(from: string, to: string): Promise<void>;
  link(from: string, to: string): Promise<void>;
  remove(path: string): Promise<void>;
  /** Fsync an existing file. */
  syncFile(path: string): Promise<void>;
  syncFolder(path: string): Promise<void>;
}

/** Bytes: a larger write is left to another thread, so that a server goes on answering. */
const SMALL_WRITE = 1 << 18;

/**
 * The real disk. What ends at once is done at once: a trip to another thread takes ten times as long as creating,
 * renaming or removing a file. Fsync is left to another thread, for it may take milliseconds.
 */
export const disk: Disk = {
  create: atOnce((path, mode) => diskFile(Deno.openSync(path, { write: true, createNew: true, mode }))),
  openAppend: atOnce((path, mode) => diskFile(openedToAppend(path, mode))),
  place: (path, content, mode) => Deno.writeFileSync(path, content, { createNew: true, mode }),
  async truncate(path, size) {
    refuseSpecial("cut", path);
    const file = Deno.openSync(path, { write: true });
    try {
      file.truncateSync(size);
      await file.sync();
    } finally {
      file.close();
    }
  },
  chmod: atOnce((path, mode) => {
    if (Deno.build.os !== "windows") Deno.chmodSync(path, mode);
  }),
  rename: atOnce(Deno.renameSync),
  // Where it replaces a file, ext4 writes the content first, which may take as long as an fsync.
  renameUnsynced: (from, to) => Deno.rename(from, to),
  link: atOnce(Deno.linkSync),
  remove: atOnce((path) => Deno.removeSync(path)),
  async syncFile(path) {
    refuseSpecial("write", path);
    await syncAndClose(Deno.openSync(path, { write: true }));
  },
  async syncFolder(path) {
    if (Deno.build.os !== "windows") await syncAndClose(Deno.openSync(path));
  },
};

/** A synchronous call as one that answers later, so that its error is a rejection. */
function atOnce<Given extends unknown[], Result>(
  call: (...given: Given) => Result,
): (...given: Given) => Promise<Result> {
  // deno-lint-ignore require-await -- an error must reject, not throw
  return async (...given) => call(...given);
}

/**
 * The disk of a thread that has nothing else to do: it waits for an fsync of a file that it opened, where another thread
 * would have to be woken.
 */
export const patientDisk: Disk = {
  ...disk,
  create: atOnce((path, mode) => patientFile(Deno.openSync(path, { write: true, createNew: true, mode }))),
  openAppend: atOnce((path, mode) => patientFile(openedToAppend(path, mode))),
};

function openedToAppend(path: string, mode: number): Deno.FsFile {
  refuseSpecial("append to", path);
  return Deno.openSync(path, { append: true, create: true, mode });
}

function patientFile(file: Deno.FsFile): DiskFile {
  return { ...diskFile(file), sync: atOnce(() => file.syncSync()) };
}

function diskFile(file: Deno.FsFile): DiskFile {
  return {
    // deno-lint-ignore require-await -- an error must reject, not throw
    write: async (bytes) => bytes.length <= SMALL_WRITE ? file.writeSync(bytes) : file.write(bytes),
    sync: () => file.sync(),
    close: () => file.close(),
  };
}

async function syncAndClose(file: Deno.FsFile): Promise<void> {
  try {
    await file.sync();
  } finally {
    file.close();
  }
}

/** Write all bytes, in as many calls as necessary. */
export async function writeAll(file: DiskFile, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) {
    const written = await file.write(bytes.subarray(at));
    if (written === 0) throw new Error("the disk took no bytes"); // else this would never end
    at += written;
  }
}
