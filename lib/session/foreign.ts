import { ifReadable, invalidInput } from "../errors/mod.ts";
import type { Files } from "../effects/types.ts";
import { isObjectWith } from "../formats/json/mod.ts";
import { isZeroTime, toUtc } from "../formats/time.ts";
import { openZip } from "../formats/zip/mod.ts";
import { PACK_ENTRY } from "../schema/pack_layout.ts";
import type { Intent } from "../schema/runpack.ts";
import type { SessionEvent } from "../schema/session_journal.ts";
import { readRunpack } from "../runpack/read.ts";
import { verifyRunpack } from "../runpack/verify.ts";
import { CHAIN_HEAD_SCHEMA_ID, SESSION_CHAIN_SCHEMA_ID } from "../schema/session_chain.ts";
import { readSessionChain } from "./chain.ts";
import { headPath } from "./paths.ts";
import type { Journal } from "./read_journal.ts";

/**
 * Refuse to overwrite a chain that contains checkpoints that the journal doesn't: it belongs to another session (two
 * journals whose names differ only in the extension share a chain path), or the journal was started anew and the chain
 * is the only remainder of the old one. A file that is no chain, or no head in the place of the head, stays too.
 *
 * @throws {GaitError} `invalid_input`
 */
export async function refuseForeignChain(
  files: Files,
  path: string,
  { header, checkpoints }: Pick<Journal, "header" | "checkpoints">,
): Promise<void> {
  const chain = await evidenceAt(files, path, readSessionChain);
  const known = new Set(checkpoints.map((checkpoint) => checkpoint.checkpoint_digest));
  const isForeign = chain !== undefined &&
    (chain.session_id !== header.session_id || chain.run_id !== header.run_id ||
      chain.checkpoints.some((checkpoint) => !known.has(checkpoint.checkpoint_digest)));
  if (isForeign) {
    throw invalidInput(`Cannot write to "${path}": it holds checkpoints that the journal does not know`, {
      hint: "Move it away, or use a journal whose name differs before its last dot",
    });
  }
  await refuseOtherFile(files, path, SESSION_CHAIN_SCHEMA_ID);
  await refuseOtherFile(files, headPath(path), CHAIN_HEAD_SCHEMA_ID);
}

/** Whether {@linkcode refuseForeignChain} lets the chain be written. */
export async function mayReplaceChain(
  files: Files,
  path: string,
  journal: Pick<Journal, "header" | "checkpoints">,
): Promise<boolean> {
  return await ifReadable(async () => {
    await refuseForeignChain(files, path, journal);
    return true;
  }) ?? false;
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
    return runpack && isLeftOver(runpack.intents, events) ? LEFT_OVER : `other events of run "${runId}"`;
  });
  if (held === LEFT_OVER) return;
  if (held === undefined) return await refuseOtherFile(files, path);
  throw invalidInput(`Cannot write to "${path}": it holds ${held}`, {
    hint: "Give each checkpoint a file of its own",
  });
}

const LEFT_OVER = "a leftover of this checkpoint";

/**
 * Refuse to replace a file that is neither empty nor a document of this schema. A link is replaced, never followed.
 *
 * @throws {GaitError} `invalid_input` with the detail `output_exists`
 */
async function refuseOtherFile(files: Files, path: string, schemaId?: string): Promise<void> {
  if ((await files.stat(path))?.kind === "symlink") return;
  await files.checkOutput(path, {
    ...(schemaId !== undefined && {
      older: (held) => isObjectWith(held, ({ schema_id: id }) => id === schemaId),
    }),
    hint: "Give the output a path of its own, or move away what stands there",
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
