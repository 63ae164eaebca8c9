/*
 * `list.push(...more)` and `Math.max(...numbers)` put every item on the stack, which holds about a hundred thousand:
 * a longer list from a file would end the program with an internal error.
 */

/** Add items to the end of a list, however many there are. */
export function append<T>(list: T[], more: Iterable<T>): void {
  for (const item of more) list.push(item);
}

/** The largest of some numbers, and `least` when none is larger. */
export function largest(numbers: Iterable<number>, least = 0): number {
  let found = least;
  for (const number of numbers) if (number > found) found = number;
  return found;
}
