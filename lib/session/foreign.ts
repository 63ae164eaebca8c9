import { ifReadable, invalidInput } from "../errors/mod.ts";
import type { Files } from "../effects/types.ts";
import { isZeroTime, toUtc } from "../formats/time.ts";
import { openZip } from "../formats/zip/mod.ts";
import { PACK_ENTRY } from "../schema/pack_layout.ts";
import type { Intent } from "../schema/runpack.ts";
import type { SessionEvent } from "../schema/session_journal.ts";
import { readRunpack } from "../runpack/read.ts";
import { verifyRunpack } from "../runpack/verify.ts";
import { readSessionChain } from "./chain.ts";
import type { Journal } from "./read_journal.ts";

/**
 * Whether the chain at a path contains checkpoints that the journal doesn't: it belongs to another session (two
 * journals whose names differ only in the extension share a chain path), or the journal was restarted and the chain
 * is the only remainder of the old one.
 */
export async function isForeignChain(
  files: Files,
  path: string,
  { header, checkpoints }: Pick<Journal, "header" | "checkpoints">,
): Promise<boolean> {
  const chain = await evidenceAt(files, path, readSessionChain);
  if (chain === undefined) return false;
  const known = new Set(checkpoints.map((checkpoint) => checkpoint.checkpoint_digest));
  return chain.session_id !== header.session_id || chain.run_id !== header.run_id ||
    chain.checkpoints.some((checkpoint) => !known.has(checkpoint.checkpoint_digest));
}

/**
 * Refuse to overwrite such a chain.
 *
 * @throws {GaitError} `invalid_input`
 */
export async function refuseForeignChain(
  files: Files,
  path: string,
  journal: Pick<Journal, "header" | "checkpoints">,
): Promise<void> {
  if (!await isForeignChain(files, path, journal)) return;
  throw invalidInput(`Cannot write to "${path}": it holds checkpoints that the journal does not know`, {
    hint: "Move it away, or use a journal whose name differs before its last dot",
  });
}

/**
 * Refuse to overwrite other evidence, which may be the only copy. A leftover of this checkpoint from a crash may be
 * overwritten: a runpack of the same run that seals the same events, or the first ones of them. The run id alone proves
 * nothing: two sessions, or a journal that was started anew, can have one run id.
 *
 * @throws {GaitError} `invalid_input`
 */
export async function refuseOtherEvidence(
  files: Files,
  path: string,
  runId: string,
  events: readonly SessionEvent[],
): Promise<void> {
  const held = await evidenceAt(files, path, async (bytes) => {
    if (openZip(bytes).has(PACK_ENTRY.manifest)) return "a pack";
    const report = await verifyRunpack(bytes);
    if (report.runId !== runId) return `run "${report.runId}"`;
    const runpack = await ifReadable(() => readRunpack(bytes));
    return runpack && isLeftOver(runpack.intents, events) ? undefined : `other events of run "${runId}"`;
  });
  if (held === undefined) return;
  throw invalidInput(`Cannot write to "${path}": it holds ${held}`, {
    hint: "Give each checkpoint a file of its own",
  });
}

/** Whether sealed intents are the beginning of these events, told by what no two events share. */
function isLeftOver(sealed: readonly Intent[], events: readonly SessionEvent[]): boolean {
  return sealed.length <= events.length && sealed.every(({ tool_name, created_at, args }, i) => {
    const event = events[i]!;
    const time = isZeroTime(event.created_at) ? created_at : toUtc(event.created_at);
    return tool_name === event.tool_name && created_at === time && args?.session_id === event.session_id &&
      args.sequence === event.sequence && args.trace_id === event.trace_id;
  });
}

/**
 * The evidence at a path; `undefined` if there is no file or it is of another kind. An unreadable file is an error,
 * because it might be evidence.
 */
async function evidenceAt<T>(
  files: Files,
  path: string,
  read: (bytes: Uint8Array<ArrayBuffer>) => T | Promise<T>,
): Promise<T | undefined> {
  if (!await files.isFile(path)) return undefined;
  const bytes = await files.read(path);
  return await ifReadable(() => read(bytes));
}
