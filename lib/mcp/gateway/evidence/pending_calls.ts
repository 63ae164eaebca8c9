import type { Files } from "../../../effects/types.ts";
import { utf8 } from "../../../formats/bytes.ts";
import type { JsonObject } from "../../../formats/json/mod.ts";

/** The folder of the calls that wait for an approval, inside of the folder of evidence. */
export const PENDING = "pending";

/**
 * The intents of calls that wait for an approval. A trace holds digests alone: without the intent a person could not see
 * what to approve, and `gait approve` does not approve a destructive call.
 */
export interface PendingCalls {
  /**
   * Keep the intent of a call, for its owner alone to read.
   *
   * @returns its path
   */
  keep(intentDigest: string, request: JsonObject): Promise<string>;
  /** The call was approved. */
  drop(intentDigest: string): Promise<void>;
}

/** The pending calls of a gateway. */
export function pendingCalls(
  folder: string,
  files: Pick<Files, "writeAtomic" | "makeFolder" | "isFile" | "remove">,
): PendingCalls {
  const pathOf = (digest: string) => `${folder}/${PENDING}/intent_${digest.slice(0, 16)}.json`;
  return {
    async keep(intentDigest, request) {
      await files.makeFolder(`${folder}/${PENDING}`);
      const path = pathOf(intentDigest);
      await files.writeAtomic(path, utf8(JSON.stringify(request, null, 2) + "\n"), { mode: 0o600 });
      return path;
    },
    async drop(intentDigest) {
      const path = pathOf(intentDigest);
      if (await files.isFile(path)) await files.remove(path);
    },
  };
}
