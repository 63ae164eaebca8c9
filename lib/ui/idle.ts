/** Ends a server that nobody looks at. */
export interface IdleEnd {
  /** Called for every request; an open page sends one at least every 30 seconds. */
  readonly onRequest: () => void;
  /** Resolves when there was no request for the given time; never without one. */
  readonly ended: Promise<void>;
}

/** The longest timer of the runtime, in milliseconds. */
const MAX_TIMER = 2 ** 31 - 1;

/** @param nanoseconds how long nobody may ask for anything; for ever if absent */
export function idleEnd(nanoseconds: bigint | undefined): IdleEnd {
  if (nanoseconds === undefined) return { onRequest() {}, ended: new Promise(() => {}) };
  const delay = Math.min(Math.max(1, Number(nanoseconds / 1_000_000n)), MAX_TIMER);
  const { promise, resolve } = Promise.withResolvers<void>();
  let timer = setTimeout(resolve, delay);
  return {
    ended: promise,
    onRequest() {
      clearTimeout(timer);
      timer = setTimeout(resolve, delay);
    },
  };
}
