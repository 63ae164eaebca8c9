import { openAppender } from "./atomic_write.ts";
import type { Disk } from "./disk.ts";
import { fileError } from "./errors.ts";
import { lookAt } from "./reading.ts";
import type { Appender, Extended, Extension } from "./types.ts";

/** Appends to files that others may change between two locks. */
export interface Extender {
  /** Never throws: each result is about one file, and concerns nobody else. */
  extendAll(extensions: readonly Extension[]): Promise<readonly Extended[]>;
  /** Close a file that was extended. */
  letGo(path: string): void;
}

/**
 * Append to files of known versions, which stay open until they are let go.
 *
 * @param crowd the disk for several files at once
 */
export function makeExtender(disk: Disk, crowd: Disk): Extender {
  const [one, several] = [openFiles(disk), openFiles(crowd)];
  return {
    extendAll: (extensions) => Promise.all(extensions.map((extensions.length > 1 ? several : one).extend)),
    letGo(path) {
      one.letGo(path);
      several.letGo(path);
    },
  };
}

function openFiles(disk: Disk) {
  const open = new Map<string, Appender>();
  const letGo = (path: string) => {
    open.get(path)?.close();
    open.delete(path);
  };
  return {
    letGo,
    async extend({ path, size, version, bytes, sync }: Extension): Promise<Extended> {
      try {
        if (lookAt(path)?.version !== version) {
          // It may be another file.
          letGo(path);
          return { kind: "changed" };
        }
        let appender = open.get(path);
        if (!appender) {
          appender = openAppender(disk, path);
          open.set(path, appender);
        }
        const after = await appender.append(size, bytes, sync);
        return { kind: "appended", ...(after === undefined ? {} : { version: after }) };
      } catch (error) {
        letGo(path);
        return { kind: "failed", error: fileError("append to", path, error) };
      }
    },
  };
}
