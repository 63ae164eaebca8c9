import { shellWord } from "../formats/shell.ts";

/** A path as an argument that can be pasted into a shell: one that begins with a dash would be a flag. */
export function pathArgument(path: string): string {
  return shellWord(path.startsWith("-") ? `./${path}` : path);
}
