/** A value in a command line: one argument, or a list of arguments. */
export type ArgvValue = string | number | readonly string[];

/**
 * The arguments of a command line, written as a user types it: `` argv`gate eval --policy ${path} --json` ``.
 *
 * White space separates arguments, except within single quotes and within interpolated values. An interpolated list
 * gives one argument an element and stands by itself.
 */
export function argv(texts: TemplateStringsArray, ...values: readonly ArgvValue[]): string[] {
  const args: string[] = [];
  let current: string | undefined;
  const finish = () => {
    if (current !== undefined) args.push(current);
    current = undefined;
  };
  texts.forEach((text, i) => {
    for (const [, space, quoted, plain] of text.matchAll(/(\s+)|'([^']*)'|([^\s']+)/g)) {
      if (space === undefined) current = (current ?? "") + (quoted ?? plain);
      else finish();
    }
    const value = values[i];
    if (typeof value === "string" || typeof value === "number") current = (current ?? "") + value;
    else if (value !== undefined) {
      if (current !== undefined) throw new Error("a list in a command line stands by itself");
      args.push(...value);
    }
  });
  finish();
  return args;
}
