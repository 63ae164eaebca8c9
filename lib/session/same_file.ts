import type { Files } from "../effects/types.ts";

/**
 * Which of some files a path leads to, however either is spelled: absolute or not, through links or not. What is
 * written there would replace it.
 */
export async function sameFileAmong(
  files: Pick<Files, "realPath">,
  path: string,
  others: readonly string[],
): Promise<string | undefined> {
  const real = await files.realPath(path);
  for (const other of others) if (await files.realPath(other) === real) return other;
  return undefined;
}
