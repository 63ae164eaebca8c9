import { GaitError } from "../errors/mod.ts";
import type { Files } from "../effects/types.ts";
import { outputPath } from "../formats/path.ts";
import type { Checkpoint, SessionChain } from "../schema/session_chain.ts";
import {
  type ChainReport,
  type CheckpointReport,
  parseSessionChain,
  type VerifyChainOptions,
} from "./chain.ts";
import { type HeadReport, verifyHead } from "./chain_head.ts";
import { checkpointDigest } from "./fold.ts";
import { verifySealedRunpack } from "./verify_sealed.ts";
import { append } from "../formats/lists.ts";

/**
 * Verify a chain file, its head and all runpacks that it names (docs/spec/sessions.md section 6). Every checkpoint is
 * verified, even after earlier failures.
 *
 * @throws {GaitError} `invalid_input` when the chain can't be read
 */
export async function verifySessionChain(
  files: Files,
  given: string,
  demands: VerifyChainOptions,
): Promise<ChainReport> {
  const path = outputPath(given);
  const bytes = await files.read(path);
  const chain = parseSessionChain(bytes, { duplicates: "refuse" });
  const head = await verifyHead(files, path, chain, bytes, demands.trusted);
  const { linkageErrors, checkpointErrors, strictErrors, checkpoints } = await verifyCheckpoints(
    files,
    path,
    chain,
    head,
    demands,
  );
  append(linkageErrors, head.errors);
  const warnings: string[] = [];
  append(demands.requireSignature ? linkageErrors : warnings, head.signatureErrors);
  const needsHead = demands.requireSignature || demands.requireHead;
  append(needsHead ? linkageErrors : warnings, head.mismatches);
  append(demands.strict ? linkageErrors : warnings, strictErrors);
  if (head.status === "missing") {
    if (demands.requireHead) linkageErrors.push("chain head is missing");
    else if (demands.requireSignature) {
      warnings.push("the chain has no head, so checkpoints dropped from its end would not show");
    }
  }
  if (chain.checkpoints.length < demands.atLeast) {
    linkageErrors.push(
      `chain has ${chain.checkpoints.length} checkpoints, expected at least ${demands.atLeast}`,
    );
  }
  return {
    ok: linkageErrors.length === 0 && checkpointErrors.length === 0,
    sessionId: chain.session_id,
    runId: chain.run_id,
    checkpoints,
    linkageErrors,
    checkpointErrors,
    warnings,
    head,
  };
}

async function verifyCheckpoints(
  files: Files,
  chainPath: string,
  chain: SessionChain,
  head: HeadReport,
  demands: VerifyChainOptions,
) {
  const linkageErrors: string[] = [];
  const checkpointErrors: string[] = [];
  const strictErrors: string[] = [];
  const checkpoints: CheckpointReport[] = [];
  let last: Pick<Checkpoint, "checkpoint_index" | "sequence_end" | "checkpoint_digest"> = {
    checkpoint_index: 0,
    sequence_end: 0,
    checkpoint_digest: "",
  };
  for (const [position, checkpoint] of chain.checkpoints.entries()) {
    const index = checkpoint.checkpoint_index;
    if (index !== last.checkpoint_index + 1) {
      linkageErrors.push(`checkpoint index mismatch at position ${position}`);
    }
    if (index > 1 && checkpoint.prev_checkpoint_digest !== last.checkpoint_digest) {
      linkageErrors.push(`prev_checkpoint_digest mismatch at checkpoint ${index}`);
    }
    if (checkpoint.sequence_start <= last.sequence_end) {
      linkageErrors.push(`sequence overlap at checkpoint ${index}`);
    }
    if (await checkpointDigest(checkpoint) !== checkpoint.checkpoint_digest) {
      linkageErrors.push(`checkpoint_digest mismatch at checkpoint ${index}`);
    }
    append(strictErrors, findStrictErrors(checkpoint, chain, last.sequence_end));
    last = checkpoint;
    try {
      const found = await verifySealedRunpack(files, chainPath, checkpoint, chain, head, demands);
      checkpoints.push(found.report);
      append(checkpointErrors, found.errors);
      append(strictErrors, found.strictErrors);
    } catch (error) {
      if (!(error instanceof GaitError)) throw error;
      checkpoints.push({ index, runpackPath: checkpoint.runpack_path, signatureStatus: "unknown" });
      checkpointErrors.push(`checkpoint ${index} verify error: ${error.message}`);
    }
  }
  return { linkageErrors, checkpointErrors, strictErrors, checkpoints };
}

/** Deviations that the checkpoint digest does not cover or the existing program does not check. */
function findStrictErrors(checkpoint: Checkpoint, chain: SessionChain, lastEnd: number): string[] {
  const { checkpoint_index: index, sequence_start: start, sequence_end: end } = checkpoint;
  const strictErrors: string[] = [];
  if (checkpoint.session_id !== chain.session_id || checkpoint.run_id !== chain.run_id) {
    strictErrors.push(`checkpoint ${index} belongs to another session or run`);
  }
  if (end < start) strictErrors.push(`checkpoint ${index} seals no range of sequences`);
  if (start > lastEnd + 1) {
    strictErrors.push(`sequences ${lastEnd + 1} to ${start - 1} are sealed by no checkpoint`);
  }
  if (index === 1 && checkpoint.prev_checkpoint_digest !== "") {
    strictErrors.push("checkpoint 1 names one before it");
  }
  return strictErrors;
}
