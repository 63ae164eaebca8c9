/** A text as one word that can be pasted into a shell: names come from files that others wrote. */
export function shellWord(text: string): string {
  return /^[A-Za-z0-9_./:=@%+,-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** A path as an argument that can be pasted into a shell: one that begins with a dash would be a flag. */
export function pathArgument(path: string): string {
  return shellWord(path.startsWith("-") ? `./${path}` : path);
}
