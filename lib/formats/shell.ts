/** Quote a text as a single shell word. Names come from untrusted files, and users paste suggested commands. */
export function shellWord(text: string): string {
  return /^[A-Za-z0-9_./:=@%+,-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** Quote a path as a shell argument; a leading dash would make it a flag. */
export function pathArgument(path: string): string {
  return shellWord(path.startsWith("-") ? `./${path}` : path);
}
