/*
 * What lib/ uses of the standard library, where a runtime lacks it: Array.fromAsync, Map.groupBy,
 * ArrayBuffer.prototype.transfer and Set.prototype.symmetricDifference in Node 20, ReadableStream.from in Bun. They do what the standard says, as far as lib/ can tell.
 */

function define(owner: object, name: string, value: unknown): void {
  if (!(name in owner)) Object.defineProperty(owner, name, { value, writable: true, configurable: true });
}

define(ArrayBuffer.prototype, "transfer", function (this: ArrayBuffer, length: number = this.byteLength) {
  const moved = new ArrayBuffer(length);
  new Uint8Array(moved).set(new Uint8Array(this, 0, Math.min(length, this.byteLength)));
  return moved;
});

define(ReadableStream, "from", <T>(source: AsyncIterable<T> | Iterable<T>) => {
  const pieces = Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
  return new ReadableStream<T>({
    async pull(controller) {
      const { value, done } = await pieces.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel: async () => void await pieces.return?.(),
  }, { highWaterMark: 0 });
});

define(Map, "groupBy", <K, T>(items: Iterable<T>, keyOf: (item: T, at: number) => K) => {
  const groups = new Map<K, T[]>();
  let at = 0;
  for (const item of items) {
    const key = keyOf(item, at++);
    groups.set(key, [...groups.get(key) ?? [], item]);
  }
  return groups;
});

define(Array, "fromAsync", async <T>(items: AsyncIterable<T> | Iterable<T>) => {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
});

define(Set.prototype, "symmetricDifference", function <T>(this: Set<T>, other: Set<T>) {
  return new Set([
    ...[...this].filter((one) => !other.has(one)),
    ...[...other].filter((one) => !this.has(one)),
  ]);
});
