import { compareBytewise } from "./bytes.ts";

/*
 * `list.push(...more)` and `Math.max(...numbers)` put every item on the stack, which holds about a hundred thousand:
 * a longer list from a file would crash the program.
 */

/** Append any number of items to a list. */
export function append<T>(list: T[], more: Iterable<T>): void {
  for (const item of more) list.push(item);
}

/** The largest of the numbers, at least `least`. */
export function largest(numbers: Iterable<number>, least = 0): number {
  let found = least;
  for (const number of numbers) if (number > found) found = number;
  return found;
}

/** The union of lists without empty texts, sorted by bytes. */
export function union(lists: readonly (readonly string[])[]): readonly string[] {
  const texts = new Set<string>();
  for (const list of lists) for (const text of list) texts.add(text);
  texts.delete("");
  return texts.size < 2 ? [...texts] : [...texts].sort(compareBytewise);
}
