import type { ZipArchive } from "../../../formats/zip/mod.ts";
import type { Signature } from "../../../signing/mod.ts";
import { PACK_ENTRY } from "../../../schema/pack_layout.ts";
import { openPack } from "../../../pack/open.ts";
import { readManifest } from "../../../runpack/manifest.ts";
import { viewAuthorization, viewCall, viewJob } from "./record_sections.ts";
import { viewRun } from "./run_sections.ts";
import { type Fact, facts, type RecordView, type Section, timeText } from "./step.ts";

/** One file of a pack as its manifest lists it. */
export interface ListedEntry {
  readonly path: string;
  readonly type: string;
  readonly sha256: string;
}

/** The readable content of a pack: plain texts from its bytes, neither trusted nor escaped. */
export interface EvidenceView {
  readonly archive: ZipArchive;
  readonly facts: readonly Fact[];
  readonly sections: readonly Section[];
  readonly files: readonly ListedEntry[];
  readonly signatures: readonly Signature[];
}

/**
 * Create the view of a verified pack; nothing is checked here.
 *
 * @throws {GaitError} when a part can't be read
 */
export async function viewEvidence(bytes: Uint8Array<ArrayBuffer>): Promise<EvidenceView> {
  const opened = await openPack(bytes);
  const { archive } = opened;
  if (opened.kind === "guard") return { archive, facts: [], sections: [], files: [], signatures: [] };
  if (opened.kind === "runpack") {
    const { manifest } = await readManifest(archive);
    const { files, signatures } = manifest;
    return {
      archive,
      ...await viewRun(bytes),
      files: files.map(({ path, sha256 }) => ({ path, sha256, type: "" })),
      signatures,
    };
  }
  const { manifest } = opened;
  const inside = await viewInside(archive, manifest.pack_type);
  return {
    archive,
    facts: [
      // All packs of gait have the same fixed time, so that the same content gives the same pack.
      ...facts(
        ["Packed", timeText(manifest.created_at)],
        ["Packed by", manifest.producer_version],
      ),
      ...inside.facts,
    ],
    sections: inside.sections.filter(({ steps }) => steps.length > 0),
    files: manifest.contents,
    signatures: manifest.signatures,
  };
}

async function viewInside(archive: ZipArchive, type: string): Promise<RecordView> {
  switch (type) {
    case "run": {
      const run = await viewRun(await archive.read(PACK_ENTRY.runpack));
      if (!archive.has(PACK_ENTRY.runAuthorization)) return run;
      const { viewDecisions } = await import("./decisions.ts");
      const decisions = await viewDecisions(archive);
      return {
        facts: [...run.facts, ...decisions.facts],
        sections: [...decisions.sections, ...run.sections],
      };
    }
    case "job":
      return await viewJob(archive);
    case "authorization":
      return await viewAuthorization(archive);
    default: {
      const call = await viewCall(archive);
      const run = await viewRun(await archive.read(PACK_ENTRY.runpack));
      const sections = run.sections.map(({ title, steps }) => ({ title: `${title} (run)`, steps }));
      return { facts: call.facts, sections: [...call.sections, ...sections] };
    }
  }
}
