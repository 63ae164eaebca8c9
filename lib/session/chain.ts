import { GaitError, invalidInput } from "../errors/mod.ts";
import { readJsonObject, type ReadJsonOptions } from "../formats/json/mod.ts";
import { decode } from "../schema/fields.ts";
import { RECORD_VERSION } from "../schema/runpack_layout.ts";
import { SESSION_CHAIN_SCHEMA_ID, type SessionChain, sessionChainSchema } from "../schema/session_chain.ts";
import { compareBytewise } from "../formats/bytes.ts";
import type { DiffSummary } from "../runpack/diff.ts";
import type { SignatureReport, TrustedKeys } from "../signing/mod.ts";
import type { HeadReport } from "./chain_head.ts";

/**
 * Read a session chain (docs/spec/core.md 5.2, docs/spec/sessions.md section 5); checkpoints come sorted by index.
 *
 * @throws {GaitError} `invalid_input`
 */
export function readSessionChain(bytes: Uint8Array): SessionChain {
  const chain = parseSessionChain(bytes);
  const checkpoints = [...chain.checkpoints].sort((a, b) => a.checkpoint_index - b.checkpoint_index);
  return { ...chain, checkpoints };
}

/** The session chain that bytes are, if they are one. A chain is JSON, which no archive is. */
export function sessionChainIn(bytes: Uint8Array): SessionChain | undefined {
  if (bytes[0] === 0x50) return undefined;
  try {
    return readSessionChain(bytes);
  } catch (error) {
    if (error instanceof GaitError) return undefined; // whatever else they are, its reader has the better error
    throw error;
  }
}

/**
 * Read a session chain, with its checkpoints in the order of the file, as verification needs them.
 *
 * @param options `duplicates: "refuse"` refuses keys that occur twice
 * @throws {GaitError} `invalid_input`
 */
export function parseSessionChain(
  bytes: Uint8Array,
  options: Pick<ReadJsonOptions, "duplicates"> = {},
): SessionChain {
  const what = "session chain";
  const chain = decode(sessionChainSchema, readJsonObject(bytes, { what, ...options }), what);
  const schemaId = chain.schema_id || SESSION_CHAIN_SCHEMA_ID;
  if (schemaId !== SESSION_CHAIN_SCHEMA_ID || (chain.schema_version || RECORD_VERSION) !== RECORD_VERSION) {
    throw invalidInput(`Cannot read ${what}: it is "${schemaId}" ${chain.schema_version}`, {
      hint:
        "Give a runpack, a pack or a chain that gait wrote; for traces of a gate give --from-traces <folder> " +
        "to gait pack build or gait run record",
    });
  }
  if (chain.session_id === "" || chain.run_id === "") {
    throw invalidInput(`Cannot read ${what}: an id is missing`, {
      hint:
        "Give a runpack, a pack or a chain that gait wrote; make a runpack of a conversation with gait run import",
    });
  }
  if (chain.checkpoints.length === 0) throw invalidInput(`Cannot read ${what}: it has no checkpoints`);
  return chain;
}

/** Compare two session chains checkpoint by checkpoint (docs/spec/core.md 5.4). */
export function diffSessionChains(left: SessionChain, right: SessionChain): DiffSummary {
  // If an index occurs twice, all its digests are compared; otherwise the last entry could hide the others.
  const digests = (chain: SessionChain) => {
    const byIndex = new Map<number, string>();
    for (const { checkpoint_index: index, checkpoint_digest: digest } of chain.checkpoints) {
      byIndex.set(index, byIndex.has(index) ? `${byIndex.get(index)},${digest}` : digest);
    }
    return byIndex;
  };
  const [leftDigests, rightDigests] = [digests(left), digests(right)];
  const found: string[] = [];
  for (const [index, digest] of leftDigests) {
    if (!rightDigests.has(index)) found.push(`left_only_checkpoint_${index}`);
    else if (rightDigests.get(index) !== digest) found.push(`checkpoint_${index}`);
  }
  for (const index of rightDigests.keys()) {
    if (!leftDigests.has(index)) found.push(`right_only_checkpoint_${index}`);
  }
  const changed = found.length > 0;
  return {
    run_id_left: left.run_id,
    run_id_right: right.run_id,
    manifest_changed: changed,
    files_changed: found.sort(compareBytewise),
    digests_changed: [],
    intents_changed: changed,
    results_changed: changed,
    refs_changed: changed,
    left_only_intents: [],
    right_only_intents: [],
    left_only_results: [],
    right_only_results: [],
    context_runtime_only_changes: false,
  };
}

/** Options for verifying a chain. */
export interface VerifyChainOptions {
  readonly trusted: TrustedKeys;
  /** Every runpack must be signed by a trusted key, and so must the head where there is one. */
  readonly requireSignature: boolean;
  /** Report deviations that the existing program does not check as errors instead of warnings. */
  readonly strict: boolean;
  /** A head is required, and it must match this chain. */
  readonly requireHead: boolean;
  /** The least number of checkpoints. */
  readonly atLeast: number;
}

/** The verification result of one checkpoint. */
export interface CheckpointReport {
  readonly index: number;
  /** Where its runpack was found. */
  readonly runpackPath: string;
  readonly signatureStatus: SignatureReport["status"] | "unknown";
}

/** The verification result of a chain. */
export interface ChainReport {
  readonly ok: boolean;
  readonly sessionId: string;
  readonly runId: string;
  readonly checkpoints: readonly CheckpointReport[];
  readonly linkageErrors: readonly string[];
  readonly checkpointErrors: readonly string[];
  readonly warnings: readonly string[];
  readonly head: HeadReport;
}
