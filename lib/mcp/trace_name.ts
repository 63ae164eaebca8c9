/** A clock that never returns the same nanosecond twice, so that file names made from it are unique. */
export type UniqueClock = () => bigint;

/** Make a strictly increasing clock in nanoseconds since 1970 from one in milliseconds. */
export function uniqueClock(now: () => number): UniqueClock {
  let last = 0n;
  return () => {
    const current = BigInt(Math.floor(now())) * 1_000_000n;
    last = current > last ? current : last + 1n;
    return last;
  };
}

/** A time as it is written in file names: `20260304T050607.000000001` (docs/spec/mcp.md 2). */
export function fileTime(nanoseconds: bigint): string {
  const time = new Date(Number(nanoseconds / 1_000_000n)).toISOString();
  const fraction = String(nanoseconds % 1_000_000_000n).padStart(9, "0");
  const day = time.slice(0, 4) + time.slice(5, 7) + time.slice(8, 10);
  return `${day}T${time.slice(11, 13)}${time.slice(14, 16)}${time.slice(17, 19)}.${fraction}`;
}

/** The file name of a trace; the run id that was asked for may be empty. */
export function traceName(runId: string, nanoseconds: bigint): string {
  return `trace_${runId}_${fileTime(nanoseconds)}.json`;
}
