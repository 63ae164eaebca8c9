import { type Disk, writeAll } from "./disk.ts";
import { lookAt } from "./reading.ts";

/**
 * Append bytes to a file of known size. Whoever calls holds the lock of the file, so a file of another size was
 * changed by somebody who does not keep to locks.
 *
 * INVARIANT: an error means that nothing was appended: what a failed write or fsync left behind is cut off again.
 * Where even that fails (or the process dies) a torn tail stays, which readers detect.
 */
export async function appendAt(
  disk: Disk,
  path: string,
  size: number,
  content: Uint8Array,
  sync: boolean,
): Promise<void> {
  const file = await disk.openAppend(path, 0o600);
  try {
    if (lookAt(path)?.size !== size) throw new Error("it changed while its lock was held");
    try {
      await writeAll(file, content);
      if (sync) await file.sync();
    } catch (error) {
      await disk.truncate(path, size).catch(() => {}); // the first error is the one to report
      throw error;
    }
  } finally {
    file.close();
  }
}
