import { fileURLToPath, pathToFileURL } from "node:url";

/** Folder of this checkout, with a slash at the end: a path, in which a blank or `%` stands for itself. */
export const root = fileURLToPath(new URL("../", import.meta.url));

/** The address of a file of this checkout. */
export function urlOf(path: string): string {
  return pathToFileURL(root + path).href;
}

/** Make a fresh folder for what a script needs for a while; it stays inside the checkout. */
export async function makeWorkFolder(prefix: string): Promise<string> {
  await Deno.mkdir(`${root}.cache`, { recursive: true });
  return await Deno.makeTempDir({ dir: `${root}.cache`, prefix });
}
