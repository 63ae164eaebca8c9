import { EPOCH_1980, isZeroTime, toUtc } from "../../formats/time.ts";
import type { ZipArchive } from "../../formats/zip/mod.ts";
import { type RunPayload, runPayloadSchema } from "../../schema/pack.ts";
import { PACK_ENTRY, PACK_SCHEMA_ID, RUN_EVIDENCE_FOLDER } from "../../schema/pack_layout.ts";
import { RECORD_VERSION } from "../../schema/runpack_layout.ts";
import { checkEmbeddedRunpack } from "../embedded_runpack.ts";
import { isDigestForm } from "../manifest.ts";
import { type Contract, decodeDocument, demand, demandEntries } from "./contract.ts";
import type { Refs } from "../../schema/runpack.ts";
import type { ScannedRunpack } from "../scan_runpack.ts";

/** Read the payload of a run pack, checking its form but not its values. */
export async function readRunPayload(archive: ZipArchive): Promise<RunPayload> {
  return await decodeDocument(archive, PACK_ENTRY.runPayload, runPayloadSchema);
}

/** The contract of a run pack; including the embedded runpack. */
const checkRun: Contract = async (
  archive,
  { source_ref },
  { trusted, grants = {}, policies, packVerified = false, authorizationDemanded = false },
) => {
  demandEntries(archive, [PACK_ENTRY.runPayload, PACK_ENTRY.runpack]);
  const payload = await readRunPayload(archive);
  const must = (holds: boolean, reason: string) => demand(holds, PACK_ENTRY.runPayload, reason);
  must(
    payload.schema_id === PACK_SCHEMA_ID.run && payload.schema_version === RECORD_VERSION,
    `it is "${payload.schema_id}" ${payload.schema_version}`,
  );
  must(!isZeroTime(payload.created_at), "created_at is missing");
  must(payload.run_id.trim() !== "", "run_id is missing");
  must(["reference", "raw"].includes(payload.capture_mode), `capture_mode "${payload.capture_mode}"`);
  must(isDigestForm(payload.manifest_digest), "manifest_digest must be 64 hex digits");
  const counts = [
    payload.intents_count,
    payload.results_count,
    payload.refs_count,
    payload.context_ref_count,
  ];
  must(counts.every((count) => count >= 0), "a count is negative");
  const { context_set_digest: digest, context_evidence_mode: mode } = payload;
  must(digest.trim() === "" || isDigestForm(digest), "context_set_digest must be 64 hex digits");
  must(["", "best_effort", "required"].includes(mode.trim()), `context_evidence_mode "${mode}"`);
  must(payload.run_id === source_ref.trim(), "run_id is not the source_ref of the manifest");
  const findings = await checkEmbeddedRunpack(archive, trusted, payload);
  if (!isAuthorized(archive) || findings.some(({ severity }) => severity === "failure")) return findings;
  demandEntries(archive, [PACK_ENTRY.runAuthorization]);
  const { checkRunAuthorization } = await import("../authorized/verify.ts");
  return [
    ...findings,
    ...await checkRunAuthorization(archive, payload.run_id, {
      trusted,
      grants,
      policies,
      packVerified,
      demanded: authorizationDemanded,
    }),
  ];
};

/** Whether a pack has the decisions about its run, or a part of them: then all of them must be there. */
function isAuthorized(archive: ZipArchive): boolean {
  return archive.names.some((name) =>
    name === PACK_ENTRY.runAuthorization || name.startsWith(RUN_EVIDENCE_FOLDER)
  );
}

export default checkRun;

/** The payload of a run pack (docs/spec/pack.md 1.6). */
export function runPayloadOf({ manifest, run, refs, intents, results }: ScannedRunpack): RunPayload {
  return {
    schema_id: PACK_SCHEMA_ID.run,
    schema_version: RECORD_VERSION,
    created_at: isZeroTime(run.created_at) ? EPOCH_1980 : toUtc(run.created_at),
    run_id: run.run_id,
    capture_mode: manifest.capture_mode,
    manifest_digest: manifest.manifest_digest,
    intents_count: intents,
    results_count: results,
    refs_count: refs.receipts.length,
    context_set_digest: refs.context_set_digest,
    context_ref_count: refs.receipts.length,
    context_evidence_mode: refs.context_evidence_mode,
    context_privacy_mode: privacyModeOf(refs),
  };
}

function privacyModeOf({ receipts }: Refs): string {
  const modes = new Set(receipts.map((receipt) => receipt.redaction_mode.trim() || "unknown"));
  const [only = ""] = modes;
  return modes.size > 1 ? "mixed" : only;
}
