import { invalidInput } from "../errors/mod.ts";
import type { Files } from "../effects/types.ts";
import { decodeUtf8, equalBytes } from "../formats/bytes.ts";
import { cleanPath, folderOf } from "../formats/path.ts";
import { type JsonObject, prettyJson } from "../formats/json/mod.ts";
import type { Rfc3339 } from "../formats/time.ts";
import { RECORD_VERSION } from "../schema/runpack_layout.ts";
import {
  CHAIN_HEAD_SCHEMA_ID,
  type Checkpoint,
  encodeCheckpoint,
  SESSION_CHAIN_SCHEMA_ID,
} from "../schema/session_chain.ts";
import { type PrivateKey, sha256, withSignature } from "../signing/mod.ts";
import { headPath, sameFileAmong, sessionOutput, sessionPaths } from "./paths.ts";
import { mayReplaceChain, refuseForeignChain } from "./foreign.ts";
import type { Journal } from "./read_journal.ts";
import {
  onSession,
  openWhole,
  refreshState,
  type SessionContext,
  type SessionEffects,
  type WholeSession,
} from "./session.ts";
import { timesOf } from "./state.ts";

/** The contents of the chain file and its head file. */
export interface ChainFiles {
  readonly chain: Uint8Array<ArrayBuffer>;
  readonly head: Uint8Array<ArrayBuffer>;
}

/**
 * The chain of a journal (docs/spec/sessions.md section 5), and its head: the count of its checkpoints, the digest of
 * its bytes and of those of its runpacks, signed when there is a key. The chain file itself has the same format as in
 * other implementations. Only the head reveals that its last checkpoints were dropped.
 */
export async function chainFiles(
  journal: Journal,
  { now, version, key }: {
    readonly now: Rfc3339;
    readonly version: string;
    readonly key?: PrivateKey | undefined;
  },
): Promise<ChainFiles> {
  const { header, checkpoints, runpackDigests } = journal;
  const ids = { session_id: header.session_id, run_id: header.run_id };
  const chain = prettyJson({
    schema_id: SESSION_CHAIN_SCHEMA_ID,
    schema_version: RECORD_VERSION,
    created_at: timesOf(header, now).created_at,
    producer_version: header.producer_version,
    ...ids,
    checkpoints: checkpoints.map(encodeCheckpoint),
  });
  const last = checkpoints.at(-1);
  const head: JsonObject = {
    schema_id: CHAIN_HEAD_SCHEMA_ID,
    schema_version: RECORD_VERSION,
    created_at: now,
    producer_version: version,
    ...ids,
    checkpoint_count: checkpoints.length,
    last_sequence: last?.sequence_end ?? 0,
    last_checkpoint_digest: last?.checkpoint_digest ?? "",
    chain_digest: await sha256(chain),
    runpacks: [...runpackDigests].map(([index, digest]) => ({
      checkpoint_index: index,
      runpack_digest: digest,
    })),
  };
  return { chain, head: prettyJson(key ? await withSignature(head, key) : head) };
}

/** Write a chain and its head. */
export async function writeChain(files: Files, path: string, { chain, head }: ChainFiles): Promise<void> {
  await files.writeAtomic(path, chain);
  await files.writeAtomic(headPath(path), head);
}

/**
 * Rewrite the chain if a writer died between recording a checkpoint and writing the chain. A correct chain is left
 * alone, because its head may be signed.
 */
export async function bringChainUpToDate(
  operation: SessionContext,
  session: Pick<WholeSession, "journal" | "unknownCheckpoint">,
): Promise<void> {
  if (!session.unknownCheckpoint) return;
  const { effects: { files }, paths } = operation;
  const wanted = await chainFiles(session.journal, operation);
  if (await isWritten(files, paths.chain, wanted.chain)) return;
  if (!await mayReplaceChain(files, paths.chain, session.journal)) return; // the next checkpoint reports it
  await writeChain(files, paths.chain, wanted);
}

/** Update the chain and state files, which are derived from the journal. */
export async function repairDerivedFiles(operation: SessionContext, session: WholeSession): Promise<void> {
  await bringChainUpToDate(operation, session);
  await refreshState(operation, session);
}

async function isWritten(files: Files, path: string, chain: Uint8Array<ArrayBuffer>): Promise<boolean> {
  const head = headPath(path);
  if (!await files.isFile(path) || !await files.isFile(head)) return false;
  return equalBytes(await files.read(path), chain) &&
    decodeUtf8(await files.read(head)).includes(await sha256(chain));
}

/**
 * Refuse to overwrite the runpack of a checkpoint: it is the only copy of the sealed events.
 *
 * @throws {GaitError} `invalid_input`
 */
export async function refuseSealed(
  files: Files,
  path: string,
  checkpoints: readonly Checkpoint[],
): Promise<void> {
  const exists = await files.stat(path) !== undefined;
  for (const { runpack_path: sealed, checkpoint_index: index } of checkpoints) {
    if (cleanPath(sealed) === path || (exists && await sameFileAmong(files, path, [sealed]))) {
      throw invalidInput(`Cannot write to "${path}": it holds checkpoint ${index}`, {
        hint: "Give each checkpoint a file of its own",
      });
    }
  }
}

/** Options for rebuilding a chain. */
export interface ChainOptions {
  /** Where it goes; beside the journal when absent. */
  readonly out?: string | undefined;
  /** Sign its head with this key. */
  readonly key?: PrivateKey | undefined;
}

/**
 * Rewrite the chain of a journal and sign its head: after a crash, if the file was lost, or to sign an unsigned one.
 *
 * @returns the path of the chain and the number of its checkpoints
 * @throws {GaitError} `invalid_input` when there are no checkpoints, or the journal can't be used
 */
export async function rewriteChain(
  journal: string,
  { out, key }: ChainOptions,
  effects: SessionEffects,
  version: string,
): Promise<{ readonly path: string; readonly checkpoints: number }> {
  const paths = sessionPaths(journal);
  const path = out === undefined ? paths.chain : await sessionOutput("chain", out, paths, effects.files);
  return await onSession(journal, effects, version, async (operation) => {
    const session = await openWhole(operation);
    const { checkpoints } = session.journal;
    if (checkpoints.length === 0) throw invalidInput("Cannot write the chain: there are no checkpoints");
    for (const written of [path, headPath(path)]) await refuseSealed(effects.files, written, checkpoints);
    await refuseForeignChain(effects.files, path, session.journal);
    await effects.files.makeFolder(folderOf(path));
    await writeChain(effects.files, path, await chainFiles(session.journal, { ...operation, key }));
    await refreshState(operation, session);
    return { path, checkpoints: checkpoints.length };
  });
}
