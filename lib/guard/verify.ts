import { invalidInput } from "../errors/mod.ts";
import { compareBytewise } from "../formats/bytes.ts";
import { without } from "../formats/json/mod.ts";
import { openZip } from "../formats/zip/mod.ts";
import { hintForArchive } from "../runpack/no_manifest.ts";
import { readSignedManifest } from "../runpack/manifest.ts";
import { type ArchiveReport, checkListedFiles } from "../runpack/listed_files.ts";
import { decode } from "../schema/fields.ts";
import { GUARD_ENTRY, GUARD_SCHEMA_ID, guardManifestSchema } from "../schema/guard.ts";
import { PACK_SCHEMA_ID } from "../schema/pack_layout.ts";
import { RECORD_VERSION } from "../schema/runpack_layout.ts";
import { digestOf, type TrustedKeys, verifySignatures } from "../signing/mod.ts";
import { checkManifest, type EvidenceFinding } from "./check_manifest.ts";
import { checkOriginals, type OriginalReport } from "./check_originals.ts";

/** Options for verifying an evidence pack. */
export interface VerifyEvidenceOptions {
  /** The trusted keys; no other key is ever used. */
  readonly trusted: TrustedKeys;
  /** Fail unless it was signed by a trusted key. */
  readonly requireSignature: boolean;
  /** Fail also when the signature of an attached original can't be checked. */
  readonly strict?: boolean;
  /**
   * Additional keys for attached originals: evidence packs are usually signed with another key than the gate's
   * traces.
   */
  readonly originalKeys?: TrustedKeys;
}

/** The result of verifying an evidence pack. */
export interface EvidencePackReport extends ArchiveReport {
  readonly ok: boolean;
  readonly packId: string;
  readonly runId: string;
  /** Inconsistencies and duplicates; any one of them fails verification. */
  readonly findings: readonly EvidenceFinding[];
  /** The attached original files. */
  readonly originals: readonly OriginalReport[];
  /** What the verdict leaves open; it fails nothing. */
  readonly warnings: readonly string[];
}

const UNSIGNED = "The pack has no signature: it is whole, but anybody may have made it, " +
  "or changed it and taken its signatures off";

/**
 * Verify the bytes of an evidence pack (docs/spec/guard.md section 4).
 *
 * @throws {GaitError} `invalid_input` if they are not an evidence pack, `verification_failed` when the archive or its
 * manifest is ambiguous
 */
export async function verifyEvidencePack(
  bytes: Uint8Array<ArrayBuffer>,
  options: VerifyEvidenceOptions,
): Promise<EvidencePackReport> {
  const { trusted, requireSignature, strict = false } = options;
  const archive = openZip(bytes);
  if (!archive.has(GUARD_ENTRY.manifest)) {
    throw invalidInput(`Cannot read evidence pack: it has no ${GUARD_ENTRY.manifest}`, {
      hint: hintForArchive(archive),
    });
  }
  const document = await readSignedManifest(archive, GUARD_ENTRY.manifest);
  const manifest = decode(guardManifestSchema, document, GUARD_ENTRY.manifest);
  if (manifest.schema_id !== GUARD_SCHEMA_ID.manifest || manifest.schema_version !== RECORD_VERSION) {
    throw invalidInput(
      `Cannot read evidence pack: manifest is "${manifest.schema_id}" ${manifest.schema_version}, ` +
        `expected "${GUARD_SCHEMA_ID.manifest}" ${RECORD_VERSION}`,
      manifest.schema_id === PACK_SCHEMA_ID.manifest
        ? { hint: "Verify it with: gait pack verify <path>" }
        : {},
    );
  }
  const { missing, mismatches } = await checkListedFiles(archive, manifest.contents);
  const signature = await verifySignatures(
    manifest.signatures,
    await digestOf(without(document, "signatures")),
    trusted,
  );
  const declared = new Set<string>([GUARD_ENTRY.manifest, ...manifest.contents.map(({ path }) => path)]);
  const undeclaredFiles = archive.names.filter((name) => !declared.has(name)).sort(compareBytewise);
  const unharmed = missing.length === 0 && mismatches.length === 0;
  const findings = await checkManifest(archive, manifest);
  // Originals are checked only after their digests proved that they are the packed ones.
  const originals = unharmed
    ? await checkOriginals(archive, manifest, { trusted, also: options.originalKeys, strict })
    : { reports: [], findings: [] };
  // A user who gives a key expects a signature by it. Otherwise stripping the signature would go unnoticed.
  const demanded = requireSignature || trusted.source === "flag";
  const signed = demanded ? signature.status === "verified" : signature.status !== "failed";
  const all = [...findings, ...originals.findings];
  return {
    ok: unharmed && undeclaredFiles.length === 0 && all.length === 0 && signed,
    packId: manifest.pack_id,
    runId: manifest.run_id,
    filesChecked: manifest.contents.length,
    missingFiles: missing,
    hashMismatches: mismatches,
    undeclaredFiles,
    findings: all,
    originals: originals.reports,
    // Digests alone say nothing about who made it: whoever changes a pack can strip its signatures and seal it anew.
    warnings: [...signature.status === "missing" ? [UNSIGNED] : [], ...archive.remarks],
    signature: demanded && signature.status === "missing"
      ? { ...signature, errors: ["pack manifest has no signatures"] }
      : signature,
  };
}
