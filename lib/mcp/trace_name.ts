/** A clock that never gives the same nanosecond twice, so that names made of it don't meet. */
export type Moments = () => bigint;

/** Moments after a clock of milliseconds, in nanoseconds since 1970. */
export function momentsAfter(now: () => number): Moments {
  let last = 0n;
  return () => {
    const moment = BigInt(Math.floor(now())) * 1_000_000n;
    last = moment > last ? moment : last + 1n;
    return last;
  };
}

/** A moment in names of files: `20260304T050607.000000001` (docs/spec/mcp.md 2). */
export function momentName(nanoseconds: bigint): string {
  const time = new Date(Number(nanoseconds / 1_000_000n)).toISOString();
  const fraction = String(nanoseconds % 1_000_000_000n).padStart(9, "0");
  return `${time.slice(0, 19).replace(/[-:]/g, "")}.${fraction}`;
}

/** Name of the trace of a call whose run is asked for by this id; nothing stands between when none is. */
export function traceName(runId: string, nanoseconds: bigint): string {
  return `trace_${runId}_${momentName(nanoseconds)}.json`;
}
