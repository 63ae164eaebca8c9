import { type Disk, disk as realDisk, type DiskFile } from "../../lib/effects/disk.ts";

/** How the n-th call fails: before it did anything, after it did everything, or half way through a write. */
export type Failure = "before" | "after" | "half";

/** The error of a disk that is full. */
export class DiskFull extends Error {
  constructor() {
    super("No space left on device (os error 28)");
  }
}

/** A real disk of which the n-th call fails; with `dead`, every later call fails too, as after a crash. */
export function failingDisk(n: number, failure: Failure, dead = false): { disk: Disk; calls: () => number } {
  let calls = 0;
  async function step<T>(act: () => Promise<T>, half?: () => Promise<unknown>): Promise<T> {
    calls++;
    if (dead && calls > n) throw new DiskFull();
    if (calls !== n) return await act();
    if (failure === "after") await act();
    if (failure === "half") await half?.();
    throw new DiskFull();
  }
  function wrap(file: DiskFile): DiskFile {
    return {
      write: (bytes) => step(() => file.write(bytes), () => file.write(bytes.subarray(0, bytes.length >> 1))),
      sync: () => step(() => file.sync()),
      close: () => file.close(),
    };
  }
  async function opened(open: () => Promise<DiskFile>): Promise<DiskFile> {
    let file: DiskFile | undefined;
    try {
      return wrap(await step(async () => file = await open()));
    } catch (error) {
      file?.close();
      throw error;
    }
  }
  const disk: Disk = {
    create: (path, mode) => opened(() => realDisk.create(path, mode)),
    openAppend: (path, mode) => opened(() => realDisk.openAppend(path, mode)),
    place(path, content, mode) {
      calls++;
      if (dead && calls > n) throw new DiskFull();
      if (calls !== n) return realDisk.place(path, content, mode);
      if (failure === "after") realDisk.place(path, content, mode);
      if (failure === "half") realDisk.place(path, content.subarray(0, content.length >> 1), mode);
      throw new DiskFull();
    },
    truncate: (path, size) => step(() => realDisk.truncate(path, size)),
    chmod: (path, mode) => step(() => realDisk.chmod(path, mode)),
    rename: (from, to) => step(() => realDisk.rename(from, to)),
    renameUnsynced: (from, to) => step(() => realDisk.renameUnsynced(from, to)),
    link: (from, to) => step(() => realDisk.link(from, to)),
    remove: (path) => step(() => realDisk.remove(path)),
    syncFile: (path) => step(() => realDisk.syncFile(path)),
    syncFolder: (path) => step(() => realDisk.syncFolder(path)),
  };
  return { disk, calls: () => calls };
}

/** A disk that takes only a few bytes with every write. */
export function slowDisk(bytesAtOnce: number): Disk {
  return {
    ...realDisk,
    async create(path, mode) {
      const file = await realDisk.create(path, mode);
      return {
        write: (b) => file.write(b.subarray(0, bytesAtOnce)),
        sync: () => file.sync(),
        close: () => file.close(),
      };
    },
  };
}

/** A disk whose fsyncs of some files do what a test says. */
export function syncingDisk(
  isMeant: (path: string) => boolean,
  sync: (file: DiskFile) => Promise<void>,
): Disk {
  const wrap = (path: string, file: DiskFile): DiskFile =>
    isMeant(path)
      ? { write: (bytes) => file.write(bytes), sync: () => sync(file), close: () => file.close() }
      : file;
  return {
    ...realDisk,
    create: async (path, mode) => wrap(path, await realDisk.create(path, mode)),
    openAppend: async (path, mode) => wrap(path, await realDisk.openAppend(path, mode)),
  };
}
