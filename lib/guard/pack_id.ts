import type { JsonObject } from "../formats/json/mod.ts";
import type { GuardContent } from "../schema/guard.ts";
import { digestOf } from "../signing/mod.ts";

/**
 * The id of an evidence pack: derived only from the run id and the contents, independent of the letter case of their
 * digests.
 */
export async function evidencePackId(runId: string, contents: readonly GuardContent[]): Promise<string> {
  const listed: JsonObject[] = contents.map(({ path, sha256, type }) => ({
    path,
    sha256: sha256.toLowerCase(),
    type,
  }));
  return `pack_${(await digestOf({ run_id: runId, contents: listed })).slice(0, 16)}`;
}
