import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/**
 * Set the runtime up for a process that keeps running. When V8 compiles functions is decided before it starts
 * (scripts/runtime_flags.ts): flags about that have no effect later.
 *
 * @param setFlag sets a flag of V8; a runtime may ignore those that are set late
 * @returns makes a full garbage collection, at once: that of Deno takes no options. The runtime keeps the state of every
 * hash of `node:crypto` outside of the heap of V8, and frees it only in a full collection. V8 does not count that memory:
 * a process that makes thousands of hashes and keeps little else would grow by megabytes before V8 sees a reason to
 * collect.
 */
export function prepareLongRun(setFlag: (flag: string) => void = setFlagsFromString): () => void {
  setFlag("--expose-gc");
  const collect: unknown = runInNewContext("globalThis.gc");
  if (typeof collect !== "function") return () => {};
  return () => void collect();
}
