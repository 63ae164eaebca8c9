import { root } from "../../scripts/root.ts";

/** Folder of this checkout, with a slash at the end. */
export const repository = root;

/**
 * A folder next to the checkout; `undefined` if it is absent, so that all other tests run with only the repository
 * (tests/support/test_unless.ts).
 */
export async function shared(name: string): Promise<string | undefined> {
  const path = `${root}../shared/${name}`;
  return await Deno.stat(path).then(() => path, () => undefined);
}

/** Files below a folder whose name matches, sorted. */
export async function filesBelow(folder: string, ending: RegExp): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = `${folder}/${name}`;
    if (isDirectory) found.push(...await filesBelow(path, ending));
    else if (ending.test(name)) found.push(path);
  }
  return found.sort();
}
