/** Records that may be made one by one, and how many they are. */
export interface Records<T> extends Iterable<T> {
  readonly length: number;
}

/** Records that are made each time they are asked for, because a run may have more than should be held twice. */
export function mapped<T, R>(list: Records<T>, make: (item: T, index: number) => R): Records<R> {
  return {
    length: list.length,
    *[Symbol.iterator]() {
      let i = 0;
      for (const item of list) yield make(item, i++);
    },
  };
}
