import type { Files } from "../../effects/types.ts";
import { type JsonObject, prettyJson } from "../../formats/json/mod.ts";
import type { Rfc3339 } from "../../formats/time.ts";
import { RECORD_VERSION } from "../../schema/runpack_layout.ts";
import {
  CHAIN_HEAD_SCHEMA_ID,
  encodeCheckpoint,
  SESSION_CHAIN_SCHEMA_ID,
} from "../../schema/session_chain.ts";
import { type PrivateKey, sha256, withSignature } from "../../signing/mod.ts";
import { headPath } from "./paths.ts";
import type { Journal } from "./read_journal.ts";
import { timesOf } from "./state.ts";

/** A chain and the head that stands beside it, as files hold them. */
export interface ChainFiles {
  readonly chain: Uint8Array<ArrayBuffer>;
  readonly head: Uint8Array<ArrayBuffer>;
}

/**
 * The chain of a journal (spec/sessions.md section 5), and its head: the count of its checkpoints, the digest of its
 * bytes and of those of its runpacks, signed when there is a key. The chain itself stays as other implementations
 * write it; without the head, dropping its last checkpoints would not show.
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
