/** Folder of this checkout, with a slash at the end. */
export const repository = new URL("../../", import.meta.url).pathname;

/**
 * A folder beside the checkout, or `undefined` with a clear line when it is absent: whoever has only the
 * repository can still run all other tests.
 */
export async function shared(name: string): Promise<string | undefined> {
  const path = new URL(`../../../shared/${name}`, import.meta.url).pathname;
  if (await Deno.stat(path).catch(() => undefined)) return path;
  console.log(`skipped: ../shared/${name} is absent`);
  return undefined;
}
