import { GaitError, invalidInput } from "../../errors/mod.ts";
import type { Files } from "../../effects/types.ts";
import { openZip } from "../../formats/zip/mod.ts";
import { PACK_ENTRY } from "../../schema/pack_layout.ts";
import { verifyRunpack } from "../runpack/verify.ts";
import { readSessionChain } from "./chain.ts";

interface Ids {
  readonly session_id: string;
  readonly run_id: string;
}

/** Whether the chain at a path is of another session: two journals whose names differ in the extension share one. */
export async function isForeignChain(files: Files, path: string, ids: Ids): Promise<boolean> {
  const chain = await evidenceAt(files, path, readSessionChain);
  return chain !== undefined && (chain.session_id !== ids.session_id || chain.run_id !== ids.run_id);
}

/**
 * Refuse to write a chain over that of another session.
 *
 * @throws {GaitError} `invalid_input`
 */
export async function refuseForeignChain(files: Files, path: string, ids: Ids): Promise<void> {
  if (!await isForeignChain(files, path, ids)) return;
  throw invalidInput(`Cannot write to "${path}": it is the chain of another session`, {
    hint: "Move it away, or give the journals names that differ before the last dot",
  });
}

/**
 * Refuse to seal over evidence of something else: it may be the only copy. What a crash left behind of this very
 * checkpoint may go.
 *
 * @throws {GaitError} `invalid_input`
 */
export async function refuseOtherEvidence(files: Files, path: string, runId: string): Promise<void> {
  const held = await evidenceAt(files, path, async (bytes) => {
    return openZip(bytes).has(PACK_ENTRY.manifest) ? "a pack" : (await verifyRunpack(bytes)).runId;
  });
  if (held === undefined || held === runId) return;
  throw invalidInput(`Cannot write to "${path}": it holds ${held === "a pack" ? held : `run "${held}"`}`, {
    hint: "Give each checkpoint a file of its own",
  });
}

/** What stands at a path; nothing when there is no file, or it does not read as that. */
async function evidenceAt<T>(
  files: Files,
  path: string,
  read: (bytes: Uint8Array<ArrayBuffer>) => T | Promise<T>,
): Promise<T | undefined> {
  if (!await files.isFile(path)) return undefined;
  try {
    return await read(await files.read(path));
  } catch (error) {
    if (error instanceof GaitError) return undefined;
    throw error;
  }
}
