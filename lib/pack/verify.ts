import { compareBytewise, equalBytes } from "../formats/bytes.ts";
import { canonicalBytes } from "../formats/json/mod.ts";
import { openZip, type ZipArchive } from "../formats/zip/mod.ts";
import { encodePackManifest, type PackManifest } from "../schema/pack.ts";
import { PACK_ENTRY } from "../schema/pack_layout.ts";
import { equalHex, NO_KEYS, verifySignatures } from "../signing/mod.ts";
import { ifReadable, verificationFailed } from "../errors/mod.ts";
import { checkListedFiles } from "../runpack/listed_files.ts";
import { checkContainer, compareProofRecords, type RecordComparison } from "./check_container.ts";
import { checkProofRecords, type ProofChain } from "./check_proof_records.ts";
import { checkContract } from "./contracts/table.ts";
import { identifyPack, keepContents, openPackArchive, proving } from "./open.ts";
import { contentTypeOf, packIdOf, packSignedDigest } from "./manifest.ts";
import {
  checkAuthorized,
  demandsAuthorization,
  failureOf,
  type Finding,
  noteOf,
  type PackReport,
  packSignatureReport,
  type VerifyPackOptions,
} from "./report.ts";

/**
 * Verify the bytes of a pack (docs/spec/pack.md section 4), including the artifacts inside.
 *
 * @param bytes the whole archive, read once; nothing is read again
 * @throws {GaitError} `invalid_input` when they are no pack at all, `verification_failed` when the pack breaks a
 * contract that leaves nothing to report on
 */
export async function verifyPack(
  bytes: Uint8Array<ArrayBuffer>,
  demands: VerifyPackOptions = {},
): Promise<PackReport> {
  const archive = openPackArchive(bytes);
  const opened = await proving(() => identifyPack(archive));
  switch (opened.kind) {
    case "pack":
      return await verifyOpened(keepContents(archive), opened.manifest, demands);
    case "runpack":
      // Reopened with other limits: its entries may be large and compressed, which built-in inflate handles faster.
      return await (await import("./legacy.ts")).verifyLegacyRunpack(openZip(bytes), demands);
    case "guard":
      return await (await import("./legacy.ts")).verifyLegacyGuard(bytes, demands);
  }
}

/** Whether a pack verifies, regardless of its signer; false if it can't be verified. */
export async function isSound(bytes: Uint8Array<ArrayBuffer>): Promise<boolean> {
  return (await ifReadable(() => verifyPack(bytes)))?.ok ?? false;
}

async function verifyOpened(
  archive: ZipArchive,
  manifest: PackManifest,
  demands: VerifyPackOptions,
): Promise<PackReport> {
  const { trusted = NO_KEYS, requireSignature = false, strict = false, requireProof = false, grants = {} } =
    demands;
  await checkPackId(manifest);
  const { missing, mismatches } = await proving(() => checkListedFiles(archive, manifest.contents));
  const undeclared = undeclaredFiles(archive, manifest);
  const intact = missing.length === 0 && mismatches.length === 0 && undeclared.length === 0;

  const changed = new Set(mismatches.map(({ path }) => path));
  const comparison = compareProofRecords(archive, ...declaredDigests(archive, manifest, changed));
  const chain = archive.has(PACK_ENTRY.proof) && !changed.has(PACK_ENTRY.proof)
    ? await proving(() =>
      checkProofRecords(
        archive.chunks(PACK_ENTRY.proof),
        comparison.visit,
        requireSignature ? trusted : undefined,
      )
    )
    : undefined;
  const ofManifest = await verifySignatures(manifest.signatures, await packSignedDigest(manifest), trusted);
  const packVerified = ofManifest.status === "verified";
  const contract = intact
    ? await proving(() =>
      checkContract(archive, manifest, {
        trusted,
        grants,
        policies: demands.policies,
        packVerified,
        authorizationDemanded: demandsAuthorization(demands),
      })
    )
    : [];
  const findings = [
    ...checkContainer(archive),
    ...checkRows(manifest),
    ...await checkCanonical(archive, manifest),
    ...checkProof(chain, comparison, strict, requireProof),
    ...checkAuthorized(demands, manifest.pack_type === "run" && archive.has(PACK_ENTRY.runAuthorization)),
    ...contract,
  ];
  const signature = packSignatureReport(ofManifest, requireSignature, chain?.signatureErrors ?? []);
  const signed = requireSignature ? signature.status === "verified" : signature.status !== "failed";
  const sound = findings.every(({ severity }) => severity === "note" && !strict);
  return {
    ok: intact && signed && sound,
    packId: manifest.pack_id,
    packType: manifest.pack_type,
    sourceRef: manifest.source_ref,
    filesChecked: manifest.contents.length,
    proofRecords: chain?.records ?? 0,
    missingFiles: missing,
    hashMismatches: mismatches,
    undeclaredFiles: undeclared,
    signature,
    findings,
  };
}

async function checkPackId(manifest: PackManifest): Promise<void> {
  const expected = await packIdOf(manifest);
  if (equalHex(manifest.pack_id, expected)) return;
  throw verificationFailed(`Pack id does not fit its manifest: expected ${expected}`, {
    detail: "pack_id_mismatch",
    hint: "The manifest was changed after the pack was built: do not trust this pack",
  });
}

/** Entries that the manifest does not list, including folders and blank names. */
function undeclaredFiles(archive: ZipArchive, manifest: PackManifest): string[] {
  const declared = new Set(manifest.contents.map(({ path }) => path));
  return archive.names.filter((name) => name !== PACK_ENTRY.manifest && !declared.has(name)).sort(
    compareBytewise,
  );
}

/**
 * Id and signature cover the canonical form of the manifest; a non-canonical spelling could hide unsigned content
 * (docs/threat_model.md 31).
 */
async function checkCanonical(archive: ZipArchive, manifest: PackManifest): Promise<Finding[]> {
  const canonical = canonicalBytes(encodePackManifest(manifest));
  if (equalBytes(canonical, await archive.read(PACK_ENTRY.manifest))) return [];
  // All programs that sign, or that write canonical archives, also write a canonical manifest.
  const wrong = manifest.signatures.length > 0 || archive.isCanonical(PACK_ENTRY.manifest);
  const report = wrong ? failureOf : noteOf;
  return [report("manifest_not_canonical", "its bytes are not in canonical form", PACK_ENTRY.manifest)];
}

/** Duplicate or implausible rows; the existing program accepts both (docs/spec/pack.md 1.3, 4 step 5). */
function checkRows({ contents }: PackManifest): Finding[] {
  const findings: Finding[] = [];
  const seen = new Set<string>();
  for (const { path, type } of contents) {
    if (seen.has(path)) findings.push(noteOf("contents_path_repeated", "the manifest lists it twice", path));
    seen.add(path);
    if (type !== contentTypeOf(path)) {
      findings.push(noteOf("contents_type_odd", `the manifest calls it "${type}"`, path));
    }
    if (path === PACK_ENTRY.manifest) {
      findings.push(failureOf("contents_lists_manifest", "a manifest can't vouch for itself", path));
    }
  }
  return findings;
}

function checkProof(
  chain: ProofChain | undefined,
  comparison: RecordComparison,
  strict: boolean,
  requireProof: boolean,
): Finding[] {
  if (chain === undefined || chain.records === 0) {
    // Packs of v1.2.3 have no proof records; their signed manifest proves that none were removed.
    const demanded = requireProof || (strict && chain !== undefined);
    const message = "the pack has no proof records";
    return demanded ? [failureOf("proof_records_missing", message)] : [];
  }
  return comparison.findings();
}

/** Digests of the entries that are as the manifest lists them, and all paths that it lists. */
function declaredDigests(
  archive: ZipArchive,
  { contents }: PackManifest,
  changed: ReadonlySet<string>,
): [Map<string, string>, Set<string>] {
  const held = contents.filter(({ path }) => archive.has(path) && !changed.has(path));
  return [
    new Map(held.map(({ path, sha256 }) => [path, sha256.toLowerCase()])),
    new Set(contents.map(({ path }) => path)),
  ];
}
