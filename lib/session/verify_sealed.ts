import type { Files } from "../effects/types.ts";
import { openZip } from "../formats/zip/mod.ts";
import { ENTRY } from "../schema/runpack_layout.ts";
import type { Checkpoint, SessionChain } from "../schema/session_chain.ts";
import { equalHex, sha256 } from "../signing/mod.ts";
import { countLines } from "../formats/count_lines.ts";
import { readManifest } from "../runpack/manifest.ts";
import { verifyArchive } from "../runpack/verify.ts";
import type { HeadReport } from "./chain_head.ts";
import { sealedRunId } from "./seal.ts";
import type { CheckpointReport, VerifyChainOptions } from "./chain.ts";
import { invalidInput } from "../errors/mod.ts";
import { folderOf, foreignPathFault, joinPath, outputPath } from "../formats/path.ts";

/** The verification result of the runpack of one checkpoint. */
export interface SealedReport {
  readonly report: CheckpointReport;
  readonly errors: readonly string[];
  /** Deviations that the existing program does not check. */
  readonly strictErrors: readonly string[];
}

/**
 * Verify the runpack of a checkpoint (docs/spec/sessions.md section 6, step 5).
 *
 * @throws {GaitError} when it can't be read as one
 */
export async function verifySealedRunpack(
  files: Files,
  chainPath: string,
  checkpoint: Checkpoint,
  chain: SessionChain,
  head: HeadReport,
  { trusted, requireSignature }: Pick<VerifyChainOptions, "trusted" | "requireSignature">,
): Promise<SealedReport> {
  const index = checkpoint.checkpoint_index;
  const path = await locateSealed(files, chainPath, checkpoint.runpack_path);
  const bytes = await files.read(path);
  const { archive, lines } = countLines(openZip(bytes));
  const report = await verifyArchive(archive, await readManifest(archive), { trusted });
  const { signature } = report;
  const errors: string[] = [];
  const strictErrors: string[] = [];
  if (!equalHex(report.manifestDigest, checkpoint.manifest_digest)) {
    errors.push(`checkpoint ${index} manifest digest mismatch`);
  }
  if (report.missingFiles.length > 0 || report.hashMismatches.length > 0) {
    errors.push(`checkpoint ${index} runpack integrity failure`);
  }
  // With a given key, a missing signature by that key is an error: reporting nothing would imply that it signed.
  if (requireSignature ? signature.status !== "verified" : signature.status === "failed") {
    errors.push(`checkpoint ${index} signature verification failed`);
  }
  if (requireSignature && report.undeclaredFiles.length > 0) {
    errors.push(`checkpoint ${index} runpack holds entries that nobody signed`);
  }
  const sealed = head.runpackDigests.get(index);
  if (sealed !== undefined && !equalHex(sealed, await sha256(bytes))) {
    strictErrors.push(`the runpack of checkpoint ${index} is not, byte for byte, the one that was sealed`);
  }
  const wanted = checkpoint.sequence_end - checkpoint.sequence_start + 1;
  if (errors.length === 0 && lines(ENTRY.intents) !== wanted) {
    strictErrors.push(`the runpack of checkpoint ${index} does not hold ${wanted} events`);
  }
  if (report.runId !== sealedRunId(chain.run_id, index)) {
    strictErrors.push(`the runpack of checkpoint ${index} is of run "${report.runId}"`);
  }
  return { report: { index, runpackPath: path, signatureStatus: signature.status }, errors, strictErrors };
}

/**
 * Find the runpack of a checkpoint: its path in the chain is resolved against the working folder, then against the
 * folder of the chain (docs/spec/sessions.md section 6, step 5).
 *
 * @throws {GaitError} `invalid_input` when it is at neither place, the path leaves the working folder, or it would
 * mean another file on Windows
 */
export async function locateSealed(files: Files, chainPath: string, given: string): Promise<string> {
  const fault = foreignPathFault(given);
  if (fault !== undefined) throw invalidInput(`Cannot use the path of a checkpoint, "${given}": ${fault}`);
  const path = outputPath(given);
  const nextToChain = joinPath(folderOf(chainPath), path);
  for (const candidate of [path, nextToChain]) {
    if (await files.isFile(candidate)) return candidate;
  }
  throw invalidInput(
    `Cannot find runpack of checkpoint: no file at "${path}"${
      nextToChain === path ? "" : ` or "${nextToChain}"`
    }`,
  );
}
