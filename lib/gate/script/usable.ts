import { messageOf } from "../../errors/mod.ts";
import type { Rfc3339 } from "../../formats/time.ts";
import { checkSignature, digestOf, type PublicKey } from "../../signing/mod.ts";
import { encodeUnsigned, isExpired, type ScriptEntry } from "./entry.ts";

/** The entries that may approve a script, and what the user should know. */
export interface UsableEntries {
  readonly entries: readonly ScriptEntry[];
  readonly warnings: readonly string[];
  /** Set when the registry must not be relied on; with high stakes that blocks (docs/spec/gate.md 6.2). */
  readonly problem?: string;
}

/**
 * The entries of a registry that are signed by the key and still run. One entry that doesn't verify discredits
 * the whole file; one that ran out is left aside alone.
 */
export async function usableEntries(
  entries: readonly ScriptEntry[],
  key: PublicKey,
  now: Rfc3339,
): Promise<UsableEntries> {
  for (const entry of entries) {
    const problem = entry.signature === undefined
      ? "it is not signed"
      : await checkSignature(entry.signature, await digestOf(encodeUnsigned(entry)), key);
    if (problem !== undefined) {
      return unusable(`approved script entry "${entry.patternId}" does not verify: ${problem}`);
    }
  }
  const running = entries.filter((entry) => !isExpired(entry, now));
  const expired = entries.length - running.length;
  return {
    entries: running,
    warnings: expired === 0
      ? []
      : [`${expired} approved script ${expired === 1 ? "entry has" : "entries have"} expired`],
  };
}

/** No entries, because of a problem. */
export function unusable(problem: unknown): UsableEntries {
  const text = typeof problem === "string" ? problem : messageOf(problem);
  return { entries: [], warnings: [`approved scripts ignored: ${text}`], problem: text };
}
