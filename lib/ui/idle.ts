/** Ends a server that nobody looks at. */
export interface IdleEnd {
  /** Called for every request. */
  readonly onRequest: () => void;
  /** Somebody looks, until the given function is called: an open page listens for changes all the time. */
  readonly hold: () => () => void;
  /** Resolves when nobody looked for the given time; never without one. */
  readonly ended: Promise<void>;
}

/** The longest timer of the runtime, in milliseconds. */
const MAX_TIMER = 2 ** 31 - 1;

/** @param nanoseconds how long nobody may look; for ever if absent */
export function idleEnd(nanoseconds: bigint | undefined): IdleEnd {
  if (nanoseconds === undefined) {
    return { onRequest() {}, hold: () => () => {}, ended: new Promise(() => {}) };
  }
  const delay = Math.min(Math.max(1, Number(nanoseconds / 1_000_000n)), MAX_TIMER);
  const { promise, resolve } = Promise.withResolvers<void>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let held = 0;
  const wind = () => {
    clearTimeout(timer);
    timer = held > 0 ? undefined : setTimeout(resolve, delay);
  };
  wind();
  return {
    ended: promise,
    onRequest: wind,
    hold() {
      held++;
      wind();
      let isOver = false;
      return () => {
        if (isOver) return;
        isOver = true;
        held--;
        wind();
      };
    },
  };
}
