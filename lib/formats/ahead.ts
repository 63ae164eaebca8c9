/**
 * Map items in order, while the next ones are already being worked on, so that waiting for the disk or for a digest
 * overlaps with other work. At most `width` items are being worked on or held.
 *
 * An error is raised when it is the turn of its item, so it is the error of the first item that has one.
 */
export async function* mapAhead<T, R>(
  items: Iterable<T>,
  work: (item: T) => Promise<R>,
  width = 4,
): AsyncGenerator<R> {
  const begun: Promise<R>[] = [];
  for (const item of items) {
    const result = work(item);
    result.catch(() => {}); // raised in its turn, or never when the caller stops before
    begun.push(result);
    if (begun.length === width) yield await begun.shift()!;
  }
  for (const result of begun) yield await result;
}
