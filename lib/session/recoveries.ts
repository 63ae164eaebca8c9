import type { Files } from "../effects/types.ts";
import { compactJson } from "../formats/json/mod.ts";
import { encodeRecovery, type Recovery } from "../schema/session_journal.ts";
import type { SessionPaths } from "./paths.ts";
import { MAX_JOURNAL_LINE } from "./records.ts";

/** How often the end of a journal was cut off, by the list beside it. */
export async function countRecoveries(files: Files, { recoveries }: SessionPaths): Promise<number> {
  if (!await files.isFile(recoveries)) return 0;
  let count = 0;
  for (const line of files.readLines(recoveries, MAX_JOURNAL_LINE)) {
    if (line.bytes.length > 0) count++;
  }
  return count;
}

/** Put a recovery on the list beside the journal. */
export async function noteRecovery(
  files: Files,
  { recoveries }: SessionPaths,
  recovery: Recovery,
): Promise<void> {
  await files.appendLine(recoveries, compactJson(encodeRecovery(recovery)));
}
