/** Runs steps with the same key one at a time, in the order of the calls. */
export type KeyedQueue = <T>(key: string, step: () => Promise<T>) => Promise<T>;

/** Make a queue for each key, which is removed as soon as it is empty. */
export function keyedQueue(): KeyedQueue {
  const last = new Map<string, Promise<unknown>>();
  return (key, step) => {
    const done = (last.get(key) ?? Promise.resolve()).then(step, step);
    const quiet = done.then(() => {}, () => {});
    last.set(key, quiet);
    void quiet.then(() => {
      if (last.get(key) === quiet) last.delete(key);
    });
    return done;
  };
}
