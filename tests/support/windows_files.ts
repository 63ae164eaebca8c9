import type { Files } from "../../lib/effects/mod.ts";
import { cleanPath, insideWorkingFolder } from "../../lib/formats/path.ts";
import { type MemoryFiles, memoryFiles } from "./memory_files.ts";

/** Methods of {@linkcode Files} whose first argument is a path that may be made. */
const MAKING: ReadonlySet<string> = new Set<keyof Files>([
  "writeAtomic",
  "writeAtomicParts",
  "writeOutput",
  "makeFolder",
  "appendLine",
  "withLock",
]);

/**
 * Files in memory that behave like those of Windows: letter case is kept and ignored, `\` separates, a name that means
 * another file there can't be made, and a file stands under the name that it was made with.
 */
export function windowsFiles(given: Readonly<Record<string, string | Uint8Array>> = {}): MemoryFiles {
  const files = memoryFiles(given);
  const spelled = new Map<string, string>();
  const known = (path: string, making: boolean): string => {
    const clean = cleanPath(path, "windows");
    if (making) insideWorkingFolder(path, "windows");
    let at = "";
    for (const part of clean.split("/")) {
      const wanted = at === "" ? part : `${at}/${part}`;
      const folded = wanted.toLowerCase();
      const found = spelled.get(folded);
      if (found === undefined && making) spelled.set(folded, wanted);
      at = found ?? wanted;
    }
    return at;
  };
  for (const path of Object.keys(given)) known(path, true);
  return new Proxy(files, {
    get(target, name: keyof MemoryFiles) {
      const value = target[name];
      if (typeof value !== "function" || name === "paths") return value;
      return (path: unknown, ...rest: unknown[]) =>
        (value as (...args: unknown[]) => unknown)(
          typeof path === "string" ? known(path, MAKING.has(name)) : path,
          ...rest,
        );
    },
  });
}
