import type { Files } from "../../../effects/types.ts";
import { GaitError, messageOf } from "../../../errors/mod.ts";
import { compareBytewise, utf8 } from "../../../formats/bytes.ts";
import type { JsonObject } from "../../../formats/json/mod.ts";
import { heldPaths, lockingHolds } from "../../../guard/retain/holds.ts";

/** The folder of the calls that wait for an approval, inside of the folder of evidence. */
export const PENDING = "pending";

/** How long the intents of calls are kept that nobody approved, in milliseconds, and how many of the newest. */
export interface PendingLimits {
  readonly maxAge: number;
  readonly maxCount: number;
}

/** The intent of a call that waits for an approval. */
export interface KeptCall {
  readonly path: string;
  /** The client does not wait for the call any more. */
  letGo(): void;
}

/**
 * The intents of calls that wait for an approval. A trace holds digests alone: without the intent a person could not see
 * what to approve, and `gait approve` does not approve a destructive call.
 */
export interface PendingCalls {
  /** Keep the intent of a call, for its owner alone to read. */
  keep(intentDigest: string, request: JsonObject): Promise<KeptCall>;
  /** The call was approved. */
  drop(intentDigest: string): Promise<void>;
  /**
   * Remove what exceeds the limits (docs/spec/mcp.md 10.7). What is on hold stays; when the holds can't be read, all does.
   *
   * INVARIANT: never a call that still waits, in this gateway or in another that uses the folder.
   */
  clear(): Promise<void>;
}

/** Effects for pending calls. */
export interface PendingEffects {
  readonly files: Files;
  readonly now: () => number;
  readonly notify: (text: string) => void;
}

/** After so many calls at the latest what exceeds the limits is looked for. */
const CLEAR_AFTER = 64;

/** What another gateway kept may wait for so long, in milliseconds. */
const OTHERS_WAIT = 3_600_000;

/** The pending calls of a gateway. */
export function pendingCalls(
  folder: string,
  { maxAge, maxCount }: PendingLimits,
  { files, now, notify }: PendingEffects,
): PendingCalls {
  const inside = `${folder}/${PENDING}`;
  const nameOf = (digest: string) => `intent_${digest.slice(0, 16)}.json`;
  /** How many calls wait under the names that this gateway wrote. */
  const waiting = new Map<string, number>();
  const clearAfter = Math.max(1, Math.min(CLEAR_AFTER, Math.floor(maxCount / 8)));
  let keptSince = 0;
  let clearedAt = now();
  let clearing: Promise<void> | undefined;

  async function clearOnce(): Promise<void> {
    keptSince = 0;
    clearedAt = now();
    try {
      await lockingHolds(files, removeSurplus);
    } catch (error) {
      if (!(error instanceof GaitError)) throw error;
      notify(`old intents in "${inside}" were not removed: ${messageOf(error)}`);
    }
  }

  async function removeSurplus(): Promise<void> {
    const isHeld = await heldPaths(inside, [], files);
    const found: { name: string; age: number }[] = [];
    for (const name of await files.list(inside)) {
      const info = IS_INTENT.test(name) ? await files.stat(`${inside}/${name}`) : undefined;
      if (info?.kind === "file") found.push({ name, age: now() - info.modified });
    }
    found.sort((a, b) => a.age - b.age || compareBytewise(a.name, b.name));
    for (const [i, { name, age }] of found.entries()) {
      if (age <= maxAge && i < maxCount) continue;
      const waits = waiting.get(name);
      if (waits === undefined ? age <= OTHERS_WAIT : waits > 0) continue;
      const path = `${inside}/${name}`;
      if (isHeld(await files.realPath(path))) continue;
      waiting.delete(name);
      await files.remove(path);
    }
    const there = new Set(found.map(({ name }) => name));
    for (const [name, waits] of waiting) if (waits === 0 && !there.has(name)) waiting.delete(name);
  }

  const clear = () => clearing ??= clearOnce().finally(() => clearing = undefined);
  return {
    async keep(intentDigest, request) {
      const name = nameOf(intentDigest);
      // Before it is written: from then on it may be looked at.
      waiting.set(name, (waiting.get(name) ?? 0) + 1);
      let isWaiting = true;
      const letGo = () => {
        const waits = waiting.get(name);
        if (isWaiting && waits !== undefined) waiting.set(name, waits - 1);
        isWaiting = false;
      };
      try {
        await files.makeFolder(inside);
        const path = `${inside}/${name}`;
        await files.writeAtomic(path, utf8(JSON.stringify(request, null, 2) + "\n"), { mode: 0o600 });
        if (++keptSince >= clearAfter || now() - clearedAt >= OTHERS_WAIT) await clear();
        return { path, letGo };
      } catch (error) {
        letGo();
        throw error;
      }
    },
    async drop(intentDigest) {
      const path = `${inside}/${nameOf(intentDigest)}`;
      if (await files.isFile(path)) await files.remove(path);
    },
    clear,
  };
}

const IS_INTENT = /^intent_[0-9a-f]{16}\.json$/;
