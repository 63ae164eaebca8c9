import { invalidInput, invalidOption } from "../errors/mod.ts";
import { hex } from "../formats/bytes.ts";
import { baseName, folderOf, temporaryName } from "../formats/path.ts";
import type { Effects } from "../effects/mod.ts";
import { RECORD_VERSION } from "../schema/runpack_layout.ts";
import { type Checkpoint, CHECKPOINT_SCHEMA_ID, encodeCheckpoint } from "../schema/session_chain.ts";
import type { SessionEvent } from "../schema/session_journal.ts";
import { type PrivateKey, sha256 } from "../signing/mod.ts";
import { afterwards, appendRecord } from "./append.ts";
import { bringChainUpToDate, chainFiles, refuseSealed, writeChain } from "./chain_file.ts";
import { evidence, relationshipFrom } from "./event.ts";
import { checkpointDigest } from "./fold.ts";
import { headPath, sameFileAmong, sessionOutput, sessionPaths, siblingPath } from "./paths.ts";
import { refuseForeignChain, refuseOtherEvidence } from "./foreign.ts";
import { sealedRunId, sealEvents } from "./seal.ts";
import { onSession, openWhole, type SessionEffects } from "./session.ts";
import { saveState } from "./state.ts";

/** The parameters of a checkpoint. */
export interface CheckpointOptions {
  /** The runpack to write. */
  readonly out: string;
  /** A second path for the chain; none when absent. */
  readonly chainOut?: string | undefined;
  /** Sign runpack and chain head with it. */
  readonly key?: PrivateKey | undefined;
}

/** The result of sealing a checkpoint. */
export interface Sealed {
  readonly checkpoint: Checkpoint;
  readonly chainPath: string;
  readonly warnings: readonly string[];
}

/**
 * Seal the events since the last checkpoint into a runpack, and record it (docs/spec/sessions.md 4.4). Outputs are checked,
 * and their folders made, before anything is recorded.
 *
 * @throws {GaitError} `invalid_input` when there is nothing to seal, an output is a file of the session itself or of
 * an earlier checkpoint, or the journal can't be used
 */
export async function checkpointSession(
  journal: string,
  options: CheckpointOptions,
  effects: SessionEffects & Pick<Effects, "os" | "arch">,
  version: string,
): Promise<Sealed> {
  const paths = sessionPaths(journal);
  const out = await sessionOutput("runpack", options.out, paths, effects.files);
  const chainOut = options.chainOut === undefined
    ? undefined
    : await sessionOutput("chain", options.chainOut, paths, effects.files);
  if (chainOut && await sameFileAmong(effects.files, out, [chainOut, headPath(chainOut)])) {
    throw invalidOption((name) => `Cannot use ${name("out")} and ${name("chainOut")} for the same file`);
  }
  return await onSession(journal, effects, version, async (operation) => {
    let events: SessionEvent[] = [];
    const session = await openWhole(operation, (record) => {
      if (record.kind === "event") events.push(record.event);
      else if (record.kind === "checkpoint") {
        events = events.filter((event) => event.sequence > record.checkpoint.sequence_end);
      }
    });
    await bringChainUpToDate(operation, session);
    if (events.length === 0) throw invalidInput("Cannot make a checkpoint: there are no events to seal");
    const chains = [paths.chain, ...chainOut === undefined ? [] : [chainOut]];
    for (const path of [out, ...chains, ...chains.map(headPath)]) {
      await refuseSealed(effects.files, path, session.journal.checkpoints);
      await prepare(path, effects);
    }
    for (const path of chains) await refuseForeignChain(effects.files, path, session.journal);

    const { session_id, run_id, last_checkpoint_index, last_checkpoint_digest } = session.state;
    const index = last_checkpoint_index + 1;
    await refuseOtherEvidence(effects.files, out, sealedRunId(run_id, index), events);
    const packed = await sealEvents(events, {
      sessionId: session_id,
      runId: sealedRunId(run_id, index),
      checkpointIndex: index,
      now: operation.now,
      version,
      os: effects.os,
      arch: effects.arch,
      key: options.key,
    });
    await effects.files.writeAtomic(out, packed.bytes);
    const checkpoint = await newCheckpoint(events, {
      ...{ session_id, run_id, checkpoint_index: index, prev_checkpoint_digest: last_checkpoint_digest },
      ...{ created_at: operation.now, producer_version: version, runpack_path: out },
      manifest_digest: packed.manifestDigest,
    });
    const runpackDigest = await sha256(packed.bytes);
    const state = await appendRecord(operation, session, "checkpoint", encodeCheckpoint(checkpoint), {
      sync: true,
      runpackDigest,
    });
    session.journal.checkpoints.push(checkpoint);
    session.journal.runpackDigests.set(index, runpackDigest);
    const chain = await chainFiles(session.journal, { ...operation, key: options.key });
    await writeChain(effects.files, paths.chain, chain);
    const unsaved = await afterwards("state", () =>
      saveState(effects.files, paths.state, {
        ...state,
        checkpoint_count: state.checkpoint_count + 1,
        last_checkpoint_index: index,
        last_checkpoint_sequence: checkpoint.sequence_end,
        last_checkpoint_digest: checkpoint.checkpoint_digest,
      }));
    if (chainOut !== undefined) await writeChain(effects.files, chainOut, chain);
    return {
      checkpoint,
      chainPath: chainOut ?? paths.chain,
      warnings: unsaved === undefined ? [] : [unsaved],
    };
  });
}

type Known = Pick<
  Checkpoint,
  | "created_at"
  | "producer_version"
  | "session_id"
  | "run_id"
  | "checkpoint_index"
  | "runpack_path"
  | "manifest_digest"
  | "prev_checkpoint_digest"
>;

async function newCheckpoint(events: readonly SessionEvent[], known: Known): Promise<Checkpoint> {
  const range = { sequence_start: events[0]!.sequence, sequence_end: events.at(-1)!.sequence };
  const digest = await checkpointDigest({ ...known, ...range });
  const sealedRun = { kind: "run", id: sealedRunId(known.run_id, known.checkpoint_index) };
  const invariant = events.findLast((event) => event.safety_invariant_version && event.safety_invariant_hash);
  return {
    schema_id: CHECKPOINT_SCHEMA_ID,
    schema_version: RECORD_VERSION,
    created_at: known.created_at,
    producer_version: known.producer_version,
    session_id: known.session_id,
    run_id: known.run_id,
    checkpoint_index: known.checkpoint_index,
    ...range,
    runpack_path: known.runpack_path,
    manifest_digest: known.manifest_digest,
    prev_checkpoint_digest: known.prev_checkpoint_digest,
    checkpoint_digest: digest,
    relationship: relationshipFrom({
      parent: { kind: "session", id: known.session_id },
      entities: [
        { kind: "run", id: known.run_id },
        sealedRun,
        evidence(digest),
        evidence(known.manifest_digest),
      ],
      policyRef: {},
      edges: [{ kind: "derived_from", from: evidence(digest), to: sealedRun }],
      parentRecordId: known.session_id,
    }),
    safety_invariant_version: invariant?.safety_invariant_version ?? "",
    safety_invariant_hash: (invariant?.safety_invariant_hash ?? "").toLowerCase(),
  };
}

/** Make the folder of an output, and prove that a file can be written there. */
async function prepare(path: string, { files, random }: SessionEffects): Promise<void> {
  const folder = folderOf(path);
  await files.makeFolder(folder);
  if ((await files.stat(path))?.kind === "folder") {
    throw invalidInput(`Cannot write to "${path}": it is a folder`);
  }
  const probe = siblingPath(path, temporaryName(baseName(path), hex(random(8))));
  await files.writeAtomic(probe, new Uint8Array());
  await files.remove(probe);
}
