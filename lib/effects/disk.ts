import { refuseSpecial } from "./regular.ts";

/** An open file, as far as durable writing needs it. */
export interface DiskFile {
  write(bytes: Uint8Array): Promise<number>;
  sync(): Promise<void>;
  close(): void;
}

/**
 * The calls through which everything is written: the seam at which the fault tests make the n-th call fail.
 * Errors are those of the system, untranslated.
 */
export interface Disk {
  /** Create a file that must not exist yet; a link at the path is not followed. */
  create(path: string, mode: number): Promise<DiskFile>;
  openAppend(path: string, mode: number): Promise<DiskFile>;
  /** Create a file that must not exist yet, with its content, without waiting for the disk. */
  place(path: string, content: Uint8Array, mode: number): void;
  /** Cut a file and fsync it. */
  truncate(path: string, size: number): Promise<void>;
  chmod(path: string, mode: number): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  link(from: string, to: string): Promise<void>;
  remove(path: string): Promise<void>;
  /** Wait until the disk has a file that exists. */
  syncFile(path: string): Promise<void>;
  syncFolder(path: string): Promise<void>;
}

/** The real disk. */
export const disk: Disk = {
  create: (path, mode) => Deno.open(path, { write: true, createNew: true, mode }),
  async openAppend(path, mode) {
    refuseSpecial("append to", path);
    return await Deno.open(path, { append: true, create: true, mode });
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
  remove: (path) => Deno.remove(path),
  async syncFile(path) {
    refuseSpecial("write", path);
    // Opened at once: another trip to another thread would cost more than the opening.
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

/** Write all bytes, however many calls it takes. */
export async function writeAll(file: DiskFile, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) {
    const written = await file.write(bytes.subarray(at));
    if (written === 0) throw new Error("the disk took no bytes"); // else this would never end
    at += written;
  }
}
