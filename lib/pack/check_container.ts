import type { ZipArchive } from "../formats/zip/mod.ts";
import { PACK_ENTRY } from "../schema/pack_layout.ts";
import type { ProofRecord } from "../schema/proof_record.ts";
import { failureOf, type Finding, noteOf } from "./report.ts";

/**
 * Check the archive itself. Digests cover contents, not headers, so a header bit could be changed undetected. Packs
 * of gait and of the existing program have a canonical form: an archive that is only partly canonical was modified
 * after it was built. An archive in another form is fine (docs/threat_model.md 7).
 */
export function checkContainer(archive: ZipArchive): Finding[] {
  const findings: Finding[] = [];
  const canonical = archive.names.filter((name) => archive.isCanonical(name));
  const mixed = canonical.length > 0 && canonical.length < archive.names.length;
  if (mixed) {
    for (const name of archive.names) {
      if (archive.isCanonical(name)) continue;
      findings.push(failureOf("archive_form_mixed", "entry is not written as the others are", name));
    }
  }
  for (const name of [PACK_ENTRY.manifest, PACK_ENTRY.proof]) {
    if (canonical.length > 0 && archive.has(name) && archive.modeOf(name) !== 0o644) {
      findings.push(failureOf("archive_form_mixed", "permissions are not those of a pack", name));
    }
  }
  for (const remark of archive.remarks) {
    findings.push((canonical.length > 0 ? failureOf : noteOf)("archive_surrounded", remark));
  }
  return findings;
}

/** A comparison that receives records one at a time, so that none need be kept. */
export interface RecordComparison {
  readonly visit: (record: ProofRecord) => void;
  /** The findings, after all records were visited. */
  readonly findings: () => Finding[];
}

/** The most unlisted paths that are reported individually. */
const MAX_UNLISTED = 1000;

/**
 * Compare gait's proof records with the entries that they describe (weak spot 2 of docs/spec/pack.md). The existing
 * program does not, so packs with stale records exist: a mismatch is a note, and a failure under the strict profile.
 * Records of other producers are chained and typed, but their events are not interpreted.
 *
 * @param digests actual digests by path, of entries whose listed digest holds
 * @param declared all paths that the manifest lists
 */
export function compareProofRecords(
  archive: ZipArchive,
  digests: ReadonlyMap<string, string>,
  declared: ReadonlySet<string>,
): RecordComparison {
  const findings: Finding[] = [];
  const covered = new Set<string>();
  const unlisted = new Set<string>();
  const visit = ({ source, event }: ProofRecord) => {
    const path = event.entry_path;
    if (source !== "gait.pack" || typeof path !== "string") return;
    if (declared.has(path)) covered.add(path);
    else if (unlisted.size <= MAX_UNLISTED) unlisted.add(path);
    const digest = digests.get(path);
    if (digest === undefined) return; // absent or changed, which is already reported
    const contradicts =
      typeof event.entry_sha256 === "string" && event.entry_sha256.toLowerCase() !== digest ||
      typeof event.entry_size_bytes === "number" && event.entry_size_bytes !== archive.sizeOf(path);
    if (contradicts) {
      findings.push(noteOf("proof_record_contradicts", "its proof record describes another content", path));
    }
    const permissions = event.entry_permissions;
    if (
      archive.isCanonical(path) && typeof permissions === "number" && permissions !== archive.modeOf(path)
    ) {
      findings.push(failureOf("archive_form_mixed", "permissions are not those of its proof record", path));
    }
  };
  return {
    visit,
    findings() {
      const silent = [...digests.keys()].filter((path) => path !== PACK_ENTRY.proof && !covered.has(path));
      const reported = [...unlisted].slice(0, MAX_UNLISTED);
      const more = unlisted.size > MAX_UNLISTED;
      return [
        ...findings,
        ...silent.map((path) => noteOf("proof_record_missing", "no proof record speaks of it", path)),
        ...reported.map((path) => noteOf("proof_record_stray", "a proof record speaks of it", path)),
        ...(more ? [noteOf("proof_record_stray", "proof records speak of still more paths")] : []),
      ];
    },
  };
}
