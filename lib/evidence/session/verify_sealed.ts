import { invalidInput } from "../../errors/mod.ts";
import type { Files } from "../../effects/types.ts";
import { folderOf, joinPath, outputPath } from "../../formats/path.ts";
import { openZip } from "../../formats/zip/mod.ts";
import { ENTRY } from "../../schema/runpack_layout.ts";
import type { Checkpoint, SessionChain } from "../../schema/session_chain.ts";
import { equalHex, sha256 } from "../../signing/mod.ts";
import { verifyRunpack } from "../runpack/verify.ts";
import type { HeadReport } from "./chain_head.ts";
import { sealedRunId } from "./seal.ts";
import type { ChainDemands, CheckpointReport } from "./verify_chain.ts";

/** What was found out about the runpack of one checkpoint. */
export interface SealedReport {
  readonly report: CheckpointReport;
  readonly errors: readonly string[];
  /** What no rule of the reference looks at. */
  readonly doubts: readonly string[];
}

/**
 * Judge the runpack of a checkpoint (spec/sessions.md section 6, step 5).
 *
 * @throws {GaitError} when it can't be read as one
 */
export async function judgeRunpack(
  files: Files,
  chainPath: string,
  checkpoint: Checkpoint,
  chain: SessionChain,
  head: HeadReport,
  { trusted, requireSignature }: Pick<ChainDemands, "trusted" | "requireSignature">,
): Promise<SealedReport> {
  const index = checkpoint.checkpoint_index;
  const path = await locate(files, chainPath, checkpoint.runpack_path);
  const bytes = await files.read(path);
  const report = await verifyRunpack(bytes, { trusted });
  const { signature } = report;
  const errors: string[] = [];
  const doubts: string[] = [];
  if (!equalHex(report.manifestDigest, checkpoint.manifest_digest)) {
    errors.push(`checkpoint ${index} manifest digest mismatch`);
  }
  if (report.missingFiles.length > 0 || report.hashMismatches.length > 0) {
    errors.push(`checkpoint ${index} runpack integrity failure`);
  }
  // A key was given and no signature is by it: silence would say that it is.
  if (requireSignature ? signature.status !== "verified" : signature.status === "failed") {
    errors.push(`checkpoint ${index} signature verification failed`);
  }
  const sealed = head.runpackDigests.get(index);
  if (sealed !== undefined && !equalHex(sealed, await sha256(bytes))) {
    doubts.push(`the runpack of checkpoint ${index} is not, byte for byte, the one that was sealed`);
  }
  const wanted = checkpoint.sequence_end - checkpoint.sequence_start + 1;
  if (errors.length === 0 && await countIntents(bytes) !== wanted) {
    doubts.push(`the runpack of checkpoint ${index} does not hold ${wanted} events`);
  }
  if (report.runId !== sealedRunId(chain.run_id, index)) {
    doubts.push(`the runpack of checkpoint ${index} is of run "${report.runId}"`);
  }
  return { report: { index, runpackPath: path, signatureStatus: signature.status }, errors, doubts };
}

/** How many events a sound runpack holds: one intent a line. */
async function countIntents(bytes: Uint8Array<ArrayBuffer>): Promise<number> {
  return (await openZip(bytes).read(ENTRY.intents)).reduce(
    (count, byte) => byte === 0x0a ? count + 1 : count,
    0,
  );
}

/** A runpack stands where the chain says, seen from the working folder; else seen from the folder of the chain. */
async function locate(files: Files, chainPath: string, given: string): Promise<string> {
  const path = outputPath(given);
  const besideChain = joinPath(folderOf(chainPath), path);
  for (const candidate of [path, besideChain]) {
    if (await files.isFile(candidate)) return candidate;
  }
  throw invalidInput(`no runpack at "${path}"${besideChain === path ? "" : ` or "${besideChain}"`}`);
}
