import type { Files, WatchedFolder } from "../effects/types.ts";
import { cleanPath, folderOf, joinPath } from "../formats/path.ts";

/** What to watch for some folders to be known, and how changes are named. */
export interface WatchPlan {
  readonly watched: readonly WatchedFolder[];
  /** The path of a changed file below the folders as the user named them: the system reports absolute ones. */
  named(path: string): string;
}

/**
 * Plan to watch folders with what is below them, and the working folder itself. For a folder that is absent the nearest one
 * above it is watched, in which it will appear.
 */
export async function planWatching(
  folders: readonly string[],
  files: Pick<Files, "stat" | "realPath">,
): Promise<WatchPlan> {
  const deep = new Set<string>();
  const flat = new Set(["."]);
  for (const folder of folders.map((folder) => cleanPath(folder))) {
    let at = folder;
    while ((await files.stat(at))?.kind !== "folder" && folderOf(at) !== at) at = folderOf(at);
    if (at === folder && at !== ".") deep.add(at);
    else flat.add(at);
  }
  const isBelow = (path: string) => [...deep].some((other) => path.startsWith(`${other}/`));
  const watched = [
    ...[...deep].filter((path) => !isBelow(path)).map((path) => ({ path, recursive: true })),
    ...[...flat].filter((path) => !isBelow(path) && !deep.has(path)).map((path) => ({
      path,
      recursive: false,
    })),
  ];
  const root = await files.realPath(".");
  const places: { readonly path: string; readonly place: string }[] = [];
  for (const { path } of watched) {
    const absolute = path.startsWith("/") ? path : cleanPath(joinPath(root, path));
    for (const place of new Set([absolute, await files.realPath(path)])) places.push({ path, place });
  }
  places.sort((a, b) => b.place.length - a.place.length);
  return {
    watched,
    named(given) {
      for (const { path, place } of places) {
        if (given === place) return path;
        if (given.startsWith(`${place}/`)) return cleanPath(joinPath(path, given.slice(place.length + 1)));
      }
      return cleanPath(given);
    },
  };
}
