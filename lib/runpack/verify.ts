import { openZip, type ZipArchive } from "../formats/zip/mod.ts";
import { compareBytewise } from "../formats/bytes.ts";
import { ENTRY, REQUIRED_ENTRIES } from "../schema/runpack_layout.ts";
import { equalHex, missingKey, NO_KEYS, type TrustedKeys, verifySignatures } from "../signing/mod.ts";
import { type ArchiveReport, checkListedFiles } from "./listed_files.ts";
import { manifestDigest, readManifest, signedDigest, type StoredManifest } from "./manifest.ts";

/** Options for verifying a runpack. */
export interface VerifyRunpackOptions {
  /** The trusted keys; no other key is ever used. */
  readonly trusted?: TrustedKeys;
  /** Fail unless a trusted key signed it. */
  readonly requireSignature?: boolean;
}

/** How much a verification demands. */
export type VerifyProfile = "standard" | "strict";

/** The words for it. */
export const VERIFY_PROFILES = ["standard", "strict"] as const satisfies readonly VerifyProfile[];

/** Everything that a profile settles. */
export interface ProfileDemands extends Required<VerifyRunpackOptions> {
  /** Every oddity is a failure, too. */
  readonly strict: boolean;
}

/**
 * What a profile comes to: `strict` demands a signature and a key to check it with (docs/spec/core.md 6.1).
 *
 * @param requireSignature whether a signature is demanded whatever the profile
 * @throws {GaitError} `invalid_input` when strict has no key
 */
export function demandsOf(
  profile: VerifyProfile,
  requireSignature: boolean,
  trusted: TrustedKeys,
): ProfileDemands {
  const strict = profile === "strict";
  if (strict && trusted.source === "none") throw missingKey();
  return { trusted, requireSignature: requireSignature || strict, strict };
}

/** The verification result of a runpack. */
export interface RunpackReport extends ArchiveReport {
  /**
   * Whether every listed file and the manifest digest hold and, if a signature is required, it holds and covers every
   * entry of the archive.
   */
  readonly ok: boolean;
  /** Id of the run. */
  readonly runId: string;
  /** As stored. */
  readonly manifestDigest: string;
  /** Deviations of the archive that don't affect the result. */
  readonly remarks: readonly string[];
}

/**
 * Verify the bytes of a runpack (docs/spec/core.md 6.1).
 *
 * @param bytes the whole archive, read once; nothing is read again
 * @throws {GaitError} `invalid_input` when the archive can't be read as a runpack, `verification_failed` when it
 * is ambiguous
 */
export async function verifyRunpack(
  bytes: Uint8Array<ArrayBuffer>,
  options: VerifyRunpackOptions = {},
): Promise<RunpackReport> {
  const archive = openZip(bytes);
  return await verifyArchive(archive, await readManifest(archive), options);
}

/** Like {@linkcode verifyRunpack}, for an open archive. */
export async function verifyArchive(
  archive: ZipArchive,
  { manifest, document }: StoredManifest,
  { trusted = NO_KEYS, requireSignature = false }: VerifyRunpackOptions = {},
): Promise<RunpackReport> {
  // Concurrent, because Web Crypto digests on other threads.
  const [{ missing, mismatches }, digest, signed] = await Promise.all([
    checkListedFiles(archive, manifest.files, REQUIRED_ENTRIES),
    manifestDigest(document),
    signedDigest(document),
  ]);
  if (!equalHex(manifest.manifest_digest, digest)) {
    mismatches.push({ path: ENTRY.manifest, expected: manifest.manifest_digest, actual: digest });
    mismatches.sort((a, b) => compareBytewise(a.path, b.path));
  }
  const signature = await verifySignatures(manifest.signatures, signed, trusted);
  const intact = missing.length === 0 && mismatches.length === 0;
  const undeclaredFiles = undeclared(archive, manifest.files.map((file) => file.path));
  const vouched = signature.status === "verified" && undeclaredFiles.length === 0;
  return {
    ok: intact && (requireSignature ? vouched : signature.status !== "failed"),
    runId: manifest.run_id,
    manifestDigest: manifest.manifest_digest,
    filesChecked: manifest.files.length,
    missingFiles: missing,
    hashMismatches: mismatches,
    undeclaredFiles,
    signature: requireSignature && signature.status === "missing"
      ? { ...signature, errors: ["manifest has no signatures"] }
      : signature,
    remarks: [...archive.remarks, ...remarkOn(undeclaredFiles)],
  };
}

function undeclared(archive: ZipArchive, listed: readonly string[]): string[] {
  const known = new Set<string>([...listed, ENTRY.manifest]);
  return archive.names.filter((name) => !known.has(name)).sort(compareBytewise);
}

function remarkOn({ length }: readonly string[]): string[] {
  return length === 0 ? [] : [`${length} entries are not listed in the manifest and prove nothing`];
}
