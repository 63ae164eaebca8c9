import { root } from "../../scripts/root.ts";

/** Folder of this checkout, with a slash at the end. */
export const repository = root;

/**
 * A folder beside the checkout, or `undefined` when it is absent: whoever has only the repository can still run all
 * other tests (tests/support/test_unless.ts).
 */
export async function shared(name: string): Promise<string | undefined> {
  const path = `${root}../shared/${name}`;
  return await Deno.stat(path).then(() => path, () => undefined);
}

/** Files below a folder whose name ends so, sorted. */
export async function filesBelow(folder: string, ending: RegExp): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = `${folder}/${name}`;
    if (isDirectory) found.push(...await filesBelow(path, ending));
    else if (ending.test(name)) found.push(path);
  }
  return found.sort();
}
