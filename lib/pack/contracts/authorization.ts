import type { JsonObject } from "../../formats/json/mod.ts";
import { isZeroTime } from "../../formats/time.ts";
import type { ZipArchive } from "../../formats/zip/mod.ts";
import { type AuthorizationBundle, BUNDLE_SCHEMA_ID, OUTCOMES } from "../../schema/authorization.ts";
import { omitEmpty } from "../../schema/fields.ts";
import { PACK_ENTRY, PACK_SCHEMA_ID } from "../../schema/pack_layout.ts";
import { RECORD_VERSION } from "../../schema/runpack_layout.ts";
import { readDocument } from "../../formats/zip/documents.ts";
import { encodeBundle, EVIDENCE_FOLDER, evidenceDigest, linksOf, readBundle } from "../authorization.ts";
import { isDigestForm } from "../manifest.ts";
import { type Contract, demand, demandEntries } from "./contract.ts";

async function bundleOf(archive: ZipArchive): Promise<AuthorizationBundle> {
  return readBundle(await readDocument(archive, PACK_ENTRY.authorization), PACK_ENTRY.authorization);
}

/** The contract of an authorization pack (docs/spec/pack.md, later additions). */
const checkAuthorization: Contract = async (archive) => {
  demandEntries(archive, [PACK_ENTRY.authorization]);
  const bundle = await bundleOf(archive);
  const must = (holds: boolean, reason: string) => demand(holds, PACK_ENTRY.authorization, reason);
  must(
    bundle.schema_id === BUNDLE_SCHEMA_ID && bundle.schema_version === RECORD_VERSION,
    `it is "${bundle.schema_id}" ${bundle.schema_version}`,
  );
  must(!isZeroTime(bundle.created_at), "created_at is missing");
  must(bundle.trace_id.trim() !== "", "trace_id is missing");
  must(isDigestForm(bundle.policy_digest), "policy_digest must be 64 hex digits");
  must(isDigestForm(bundle.intent_digest), "intent_digest must be 64 hex digits");
  must(["", ...OUTCOMES].includes(bundle.outcome_status), `outcome_status "${bundle.outcome_status}"`);
  for (const { name, path, digest } of linksOf(bundle)) {
    const needed = name === "trace" || name === "outcome" && bundle.outcome_status !== "";
    if (needed) must(path.trim() !== "" && digest !== "", `${name}_path and ${name}_digest are required`);
    if (path.trim() === "" && digest === "") continue;
    const entry = EVIDENCE_FOLDER + path;
    must(archive.has(entry), `${entry} is missing`);
    must(
      await evidenceDigest(path, await readEvidence(archive, entry)) === digest,
      `${name}_digest does not fit ${entry}`,
    );
  }
  return [];
};

/** Read linked evidence: JSON is parsed and hashed in canonical form, anything else as is. */
async function readEvidence(archive: ZipArchive, entry: string): Promise<Uint8Array<ArrayBuffer>> {
  return entry.toLowerCase().endsWith(".json")
    ? await readDocument(archive, entry)
    : await archive.read(entry);
}

/** What `pack inspect` shows of an authorization pack. */
export async function readAuthorizationView(archive: ZipArchive): Promise<JsonObject> {
  const bundle = await bundleOf(archive);
  const links = linksOf(bundle);
  const complete = links.filter(({ name, path, digest }) =>
    ["trace", "outcome"].includes(name) && path.trim() !== "" && digest !== ""
  );
  return {
    authorization_bundle: encodeBundle(bundle),
    authorization_payload: omitEmpty({
      schema_id: PACK_SCHEMA_ID.authorization,
      schema_version: RECORD_VERSION,
      created_at: bundle.created_at,
      trace_id: bundle.trace_id,
      policy_digest: bundle.policy_digest,
      intent_digest: bundle.intent_digest,
      outcome_status: bundle.outcome_status,
      linked_evidence_count: links.filter(({ path }) => path.trim() !== "").length,
      required_evidence_count: complete.length,
    }, "outcome_status"),
  };
}

export default checkAuthorization;
