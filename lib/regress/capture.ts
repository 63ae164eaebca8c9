import { GaitError } from "../errors/mod.ts";
import type { JsonObject } from "../formats/json/mod.ts";
import { validTraceIn } from "../gate/trace/read_record.ts";
import type { PackPlaces } from "../runpack/locate.ts";
import { readSessionChain, sessionChainIn } from "../session/chain.ts";
import { RECEIPT_HEAD } from "./receipt.ts";
import { openCheckpoint, resolveSource, selectCheckpoint, type SourceRequest } from "./source.ts";

/**
 * Make the receipt of a run, a checkpoint of a session chain, or a trace (docs/spec/regress.md section 2), without
 * the path of the receipt itself. It records the checkpoint and the digest of the manifest, so that a fixture can be
 * made only from exactly what was captured.
 *
 * @throws {GaitError} `invalid_input` when there is no such artifact, or anything in it is missing or changed;
 * `verification_failed` when the archive is ambiguous
 */
export async function captureSource(
  { from, checkpoint = "latest" }: SourceRequest,
  places: PackPlaces,
): Promise<JsonObject> {
  const head = { ...RECEIPT_HEAD, ok: true, from };
  if (!/\.json$/i.test(from) || !await places.files.isFile(from)) {
    const { path, runId, manifestDigest } = await resolveSource({ from, checkpoint }, places);
    return {
      ...head,
      artifact_type: "runpack",
      artifact_path: path,
      run_id: runId,
      manifest_digest: manifestDigest,
    };
  }
  const bytes = await places.files.read(from);
  const chain = sessionChainIn(bytes);
  if (chain) {
    const source = await openCheckpoint(from, checkpoint, places);
    return {
      ...head,
      artifact_type: "runpack",
      artifact_path: source.path,
      session_chain_path: from,
      checkpoint_index: source.checkpoint?.index ?? 0,
      run_id: selectCheckpoint(chain, checkpoint).run_id,
      manifest_digest: source.manifestDigest,
    };
  }
  const trace = validTraceIn(bytes);
  if (!(trace instanceof GaitError)) return { ...head, artifact_type: "trace", artifact_path: from };
  // Neither kind: report the error for the kind it resembles.
  if (new TextDecoder().decode(bytes.subarray(0, 4096)).includes("session_chain")) readSessionChain(bytes);
  throw trace;
}
