import { invalidInput } from "../errors/mod.ts";
import { compareBytewise } from "../formats/bytes.ts";
import type { Rfc3339 } from "../formats/time.ts";
import { EVIDENCE_LIMITS } from "../formats/zip/mod.ts";
import { omitEmpty } from "../schema/fields.ts";
import { GUARD_ENTRY, GUARD_SCHEMA_ID, type GuardContent, type GuardManifest } from "../schema/guard.ts";
import { RECORD_VERSION } from "../schema/runpack_layout.ts";
import { type PrivateKey, sha256, withSignature } from "../signing/mod.ts";
import { type EvidenceFile, fileOf } from "./evidence_files.ts";
import { evidencePackId } from "./pack_id.ts";
import { controlIndex, type TemplateId } from "./templates.ts";

/** The parts of an evidence pack. */
export interface EvidencePackSource {
  readonly runId: string;
  readonly caseId: string;
  readonly template: TemplateId;
  /** Time of the run. */
  readonly createdAt: Rfc3339;
  readonly producerVersion: string;
  readonly files: readonly EvidenceFile[];
  readonly incidentWindow?: NonNullable<GuardManifest["incident_window"]> | undefined;
}

/** A finished evidence pack. */
export interface SealedEvidencePack {
  readonly packId: string;
  readonly runId: string;
  readonly template: TemplateId;
  /** Number of controls in its index. */
  readonly controls: number;
  /** Number of rendered, human-readable artifacts. */
  readonly rendered: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

const TYPES: Readonly<Record<string, string>> = {
  [GUARD_ENTRY.runpackSummary]: "runpack",
  [GUARD_ENTRY.traceSummary]: "trace",
  [GUARD_ENTRY.regressSummary]: "report",
  [GUARD_ENTRY.controlIndex]: "report",
  [GUARD_ENTRY.pointers]: "report",
  [GUARD_ENTRY.policyDigests]: "report",
  [GUARD_ENTRY.pdf]: "report",
};

/**
 * Seal evidence as a pack (docs/spec/guard.md section 1, steps 6 to 12). The same files, version and key give the
 * same bytes, on every platform.
 *
 * @throws {GaitError} `invalid_input` if a file is larger than readers accept
 */
export async function sealEvidence(
  source: EvidencePackSource,
  key?: PrivateKey,
): Promise<SealedEvidencePack> {
  const evidence = await listContents(source.files);
  const controls = controlIndex(source.template, evidence);
  const pointers = evidence.map(({ path, type, sha256 }, i) => ({
    pointer_id: `ev_${String(i + 1).padStart(3, "0")}`,
    path,
    type,
    sha256,
  }));
  const files = [
    ...source.files,
    fileOf(GUARD_ENTRY.controlIndex, controls),
    fileOf(GUARD_ENTRY.pointers, pointers),
  ];
  const contents = await listContents(files);
  const rendered = evidence
    .filter(({ path }) => path === GUARD_ENTRY.pdf)
    .map(({ path, sha256 }) => ({ format: "pdf", path, sha256 }));
  const packId = await evidencePackId(source.runId, contents);
  const manifest = omitEmpty(
    {
      schema_id: GUARD_SCHEMA_ID.manifest,
      schema_version: RECORD_VERSION,
      created_at: source.createdAt,
      generated_at: source.createdAt,
      producer_version: source.producerVersion,
      pack_id: packId,
      run_id: source.runId,
      case_id: source.caseId,
      template_id: source.template,
      control_index: controls,
      evidence_pointers: pointers,
      incident_window: source.incidentWindow,
      rendered_artifacts: rendered,
      contents,
    },
    "case_id",
    "rendered_artifacts",
  );
  const signed = key ? await withSignature(manifest, key) : manifest;
  const { writeZip } = await import("../formats/zip/write.ts");
  // Without compression, so that every changed bit is detected (docs/threat_model.md 4).
  const bytes = await writeZip(
    [...files, fileOf(GUARD_ENTRY.manifest, signed)].map(({ path, content }) => ({ name: path, content })),
    "stored",
  );
  return {
    packId,
    runId: source.runId,
    template: source.template,
    controls: controls.length,
    rendered: rendered.length,
    bytes,
  };
}

/** The files with their digests and types, sorted by path. */
async function listContents(files: readonly EvidenceFile[]): Promise<GuardContent[]> {
  const listed: GuardContent[] = [];
  for (const { path, content } of files) {
    if (content.length > EVIDENCE_LIMITS.entryBytes) {
      throw invalidInput(`Cannot pack "${path}": it is larger than ${EVIDENCE_LIMITS.entryBytes} bytes`, {
        hint: "Readers of evidence packs refuse larger files; leave it out and hand it over separately",
      });
    }
    listed.push({ path, sha256: await sha256(content), type: TYPES[path] ?? "evidence" });
  }
  return listed.sort((a, b) => compareBytewise(a.path, b.path));
}
