/** Runs steps with the same key one after the other, in the order in which they came. */
export type InTurn = <T>(key: string, step: () => Promise<T>) => Promise<T>;

/** Queues that are gone as soon as they are empty. */
export function inTurn(): InTurn {
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
