import { decode, listOf, object, text } from "../schema/fields.ts";
import { signatureSchema } from "../schema/runpack_manifest.ts";
import { invalidInput } from "../errors/mod.ts";
import { compareBytewise } from "../formats/bytes.ts";
import { without } from "../formats/json/mod.ts";
import { openZip } from "../formats/zip/mod.ts";
import { digestOf, type TrustedKeys, verifySignatures } from "../signing/mod.ts";
import { type ArchiveReport, checkListedFiles } from "../runpack/listed_files.ts";
import { readSignedManifest } from "../runpack/manifest.ts";

/** The manifest of an evidence pack, as far as verifying needs it (docs/spec/guard.md sections 1 and 4). */
export const guardManifestSchema = object({
  schema_id: text,
  schema_version: text,
  pack_id: text,
  run_id: text,
  contents: listOf(object({ path: text, sha256: text, type: text })),
  signatures: listOf(signatureSchema),
});

const MANIFEST = "pack_manifest.json";
const SCHEMA_ID = "gait.guard.pack_manifest";

/** What was found out about an evidence pack. */
export interface EvidencePackReport extends ArchiveReport {
  readonly ok: boolean;
  readonly packId: string;
  readonly runId: string;
}

/**
 * Verify the bytes of an evidence pack (docs/spec/guard.md section 4).
 *
 * @throws {GaitError} `invalid_input` when they can't be read as one, `verification_failed` when the archive or
 * its manifest is ambiguous
 */
export async function verifyEvidencePack(
  bytes: Uint8Array<ArrayBuffer>,
  trusted: TrustedKeys,
  requireSignature: boolean,
): Promise<EvidencePackReport> {
  const archive = openZip(bytes);
  if (!archive.has(MANIFEST)) throw invalidInput(`Cannot read evidence pack: it has no ${MANIFEST}`);
  const document = await readSignedManifest(archive, MANIFEST);
  const manifest = decode(guardManifestSchema, document, MANIFEST);
  if (manifest.schema_id !== SCHEMA_ID) {
    throw invalidInput(
      `Cannot read evidence pack: manifest is "${manifest.schema_id}", expected "${SCHEMA_ID}"`,
    );
  }
  const { missing, mismatches } = await checkListedFiles(archive, manifest.contents);
  const signature = await verifySignatures(
    manifest.signatures,
    await digestOf(without(document, "signatures")),
    trusted,
  );
  const declared = new Set([MANIFEST, ...manifest.contents.map(({ path }) => path)]);
  const undeclaredFiles = archive.names.filter((name) => !declared.has(name)).sort(compareBytewise);
  const vouched = signature.status === "verified" && undeclaredFiles.length === 0;
  const intact = missing.length === 0 && mismatches.length === 0;
  return {
    ok: intact && (requireSignature ? vouched : signature.status !== "failed"),
    packId: manifest.pack_id,
    runId: manifest.run_id,
    filesChecked: manifest.contents.length,
    missingFiles: missing,
    hashMismatches: mismatches,
    undeclaredFiles,
    signature,
  };
}
