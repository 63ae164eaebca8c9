import { verificationFailed } from "../errors/mod.ts";
import { base64, concat, utf8 } from "../formats/bytes.ts";
import { canonicalBytes, type JsonObject } from "../formats/json/mod.ts";
import { type PrivateKey, sha256, signBytes } from "../signing/mod.ts";
import { encodePackManifest } from "../schema/pack.ts";
import { openPack } from "../pack/open.ts";
import { demandIntact, encodeExportRecord, type ExportRecord } from "./record.ts";

/** What a DSSE envelope says its payload is. */
const PAYLOAD_TYPE = "application/vnd.in-toto+json";
const STATEMENT_TYPE = "https://in-toto.io/Statement/v1";
/** What the predicate of a statement means: docs/contracts/packspec_v1.md tells. */
const PREDICATE_TYPE = "https://gait.dev/attestations/pack/v1";

/**
 * An in-toto Statement v1 about a pack, in a DSSE envelope signed with the key that signed the pack.
 *
 * The signature is over the pre-authentication encoding, which begins with `DSSEv1`: it can't be taken for one over a
 * manifest, whose signatures are over 32 bytes (docs/threat_model.md 30).
 *
 * @param bytes the pack, whose file digest is the subject
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
  const payload = canonicalBytes(statement);
  const signature = await signBytes(key, preAuthEncoding(PAYLOAD_TYPE, payload));
  return {
    payloadType: PAYLOAD_TYPE,
    payload: base64(payload),
    signatures: [{ keyid: key.public.id, sig: base64(signature) }],
  };
}

/** What was verified, and every file with its digest. */
async function predicateOf(bytes: Uint8Array<ArrayBuffer>, record: ExportRecord): Promise<JsonObject> {
  const opened = await openPack(bytes);
  const { metrics, ...summary } = encodeExportRecord(record);
  return {
    ...summary,
    metrics: metrics!,
    ...(opened.kind === "pack" ? { contents: encodePackManifest(opened.manifest).contents! } : {}),
  };
}

/** What a DSSE signature is over: type and payload with their lengths, so that neither can run into the other. */
function preAuthEncoding(type: string, payload: Uint8Array): Uint8Array<ArrayBuffer> {
  return concat([utf8(`DSSEv1 ${utf8(type).length} ${type} ${payload.length} `), payload]);
}
