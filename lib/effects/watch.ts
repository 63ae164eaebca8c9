import { GaitError } from "../errors/mod.ts";
import { systemHint, systemReason } from "./errors.ts";
import type { FolderChanges, WatchedFolder } from "./types.ts";

/** See {@linkcode WatchFolders}. */
export async function* watchFolders(
  folders: readonly WatchedFolder[],
  ended: AbortSignal,
): AsyncGenerator<FolderChanges> {
  const watchers: Deno.FsWatcher[] = [];
  const close = () => watchers.splice(0).forEach((watcher) => watcher.close());
  let waiting: (() => void) | undefined;
  let changed = new Set<string>();
  let lost = false;
  let running = 0;
  const pump = async (watcher: Deno.FsWatcher) => {
    running++;
    try {
      for await (const { kind, paths, flag } of watcher) {
        if (kind === "access") continue;
        // The queue of the system, or that of the runtime, was full: the path is that of the folder, which did not change.
        if (flag === "rescan") lost = true;
        else for (const path of paths) changed.add(path);
        waiting?.();
      }
    } finally {
      running--;
      waiting?.();
    }
  };
  try {
    for (const recursive of [true, false]) {
      const paths = folders.filter((folder) => folder.recursive === recursive).map(({ path }) => path);
      if (paths.length > 0) watchers.push(Deno.watchFs(paths, { recursive }));
    }
  } catch (cause) {
    close();
    throw new GaitError("io_failure", `Cannot watch folders: ${systemReason(cause)}`, {
      ...systemHint(cause),
      cause,
    });
  }
  ended.addEventListener("abort", close, { once: true });
  if (ended.aborted) close();
  for (const watcher of [...watchers]) void pump(watcher);
  try {
    while (running > 0 || changed.size > 0 || lost) {
      if (changed.size === 0 && !lost) await new Promise<void>((resolve) => waiting = resolve);
      waiting = undefined;
      const changes = { paths: [...changed], lost };
      changed = new Set();
      lost = false;
      if (changes.paths.length > 0 || changes.lost) yield changes;
    }
  } finally {
    ended.removeEventListener("abort", close);
    close();
  }
}
