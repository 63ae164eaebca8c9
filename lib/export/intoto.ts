import { verificationFailed } from "../errors/mod.ts";
import { canonicalBytes, type JsonObject } from "../formats/json/mod.ts";
import { dsseEnvelope, INTOTO_TYPE } from "../signing/dsse.ts";
import { type PrivateKey, sha256 } from "../signing/mod.ts";
import { encodePackManifest } from "../schema/pack.ts";
import { openPack } from "../pack/open.ts";
import { demandIntact, encodeExportRecord, type ExportRecord } from "./record.ts";

const STATEMENT_TYPE = "https://in-toto.io/Statement/v1";
/** The predicate type, documented in docs/contracts/packspec_v1.md. */
const PREDICATE_TYPE = "https://gait.dev/attestations/pack/v1";

/**
 * An in-toto Statement v1 about a pack, in a DSSE envelope signed with the key that signed the pack.
 *
 * @param bytes the pack; its file digest is the subject
 * @param name file name of the pack
 * @throws {GaitError} `verification_failed` when the pack is damaged, or is not signed by this key
 */
export async function intotoEnvelope(
  bytes: Uint8Array<ArrayBuffer>,
  name: string,
  record: ExportRecord,
  key: PrivateKey,
): Promise<JsonObject> {
  demandIntact(record, "an attestation");
  if (record.report.signature.status !== "verified") {
    throw verificationFailed("Cannot attest to a pack that the given key did not sign", {
      detail: "not_signed_by_key",
      hint: "Build the pack with this key: gait pack build --private-key <file>",
    });
  }
  const statement: JsonObject = {
    _type: STATEMENT_TYPE,
    subject: [{ name, digest: { sha256: await sha256(bytes) } }],
    predicateType: PREDICATE_TYPE,
    predicate: await predicateOf(bytes, record),
  };
  return await dsseEnvelope(INTOTO_TYPE, canonicalBytes(statement), key);
}

/** The verification result, and every file with its digest. */
async function predicateOf(bytes: Uint8Array<ArrayBuffer>, record: ExportRecord): Promise<JsonObject> {
  const opened = await openPack(bytes);
  const { metrics, ...summary } = encodeExportRecord(record);
  return {
    ...summary,
    metrics: metrics!,
    ...(opened.kind === "pack" ? { contents: encodePackManifest(opened.manifest).contents! } : {}),
  };
}
