import { invalidInput } from "../../errors/mod.ts";
import { readJsonObject } from "../../formats/json/mod.ts";
import { openZip, type ZipArchive } from "../../formats/zip/mod.ts";
import { decode } from "../../schema/fields.ts";
import { type Refs, refsSchema, type Run, runSchema } from "../../schema/runpack.ts";
import { ENTRY } from "../../schema/runpack_layout.ts";
import type { Manifest } from "../../schema/runpack_manifest.ts";
import { readManifest } from "../runpack/manifest.ts";
import { normalizeRefs } from "../runpack/refs.ts";
import { verifyArchive } from "../runpack/verify.ts";
import { type RecordVisitor, scanRecords } from "./scan_records.ts";

/** A runpack that was read whole, without keeping its records. */
export interface ScannedRunpack {
  readonly archive: ZipArchive;
  readonly manifest: Manifest;
  readonly run: Run;
  /** Normalised (spec/pack.md 8.4). */
  readonly refs: Refs;
  readonly intents: number;
  readonly results: number;
}

/** Who looks on while a runpack is read. What was seen counts only when the scan succeeds. */
export interface ScanVisitor extends RecordVisitor {
  /** Called with every listed entry that was read. */
  readonly entry?: (name: string, content: Uint8Array<ArrayBuffer>) => Promise<void> | void;
}

/**
 * Read a runpack as `readRunpack` does, but pass its records on one by one instead of keeping them: a run of 100,000
 * calls needs no more memory than its largest entry.
 *
 * @throws {GaitError} `invalid_input` when anything is missing, damaged or of another kind, `verification_failed` when
 * the archive is ambiguous
 */
export async function scanRunpack(
  bytes: Uint8Array<ArrayBuffer>,
  visitor: ScanVisitor = {},
): Promise<ScannedRunpack> {
  const archive = openZip(bytes);
  const stored = await readManifest(archive);
  const seen = { intents: 0, results: 0 };
  let run: Run | undefined;
  let refs: Refs | undefined;
  const look = async (name: string, content: Uint8Array<ArrayBuffer>) => {
    switch (name) {
      case ENTRY.run:
        run = decode(runSchema, readJsonObject(content, { what: name }), name);
        break;
      case ENTRY.refs:
        refs = normalizeRefs(decode(refsSchema, readJsonObject(content, { what: name }), name));
        break;
      case ENTRY.intents:
        seen.intents = scanRecords("intents", content, visitor);
        break;
      case ENTRY.results:
        seen.results = scanRecords("results", content, visitor);
        break;
    }
    await visitor.entry?.(name, content);
  };
  const report = await verifyArchive(watched(archive, look), stored);
  const changed = [...report.missingFiles, ...report.hashMismatches.map(({ path }) => path)];
  if (changed.length > 0 || !run || !refs) {
    throw invalidInput(`Cannot read runpack: ${changed.join(", ")} missing or changed`, {
      hint: "See what changed with: gait verify <path>",
    });
  }
  if (refs.context_evidence_mode === "required" && refs.context_set_digest === "") {
    throw invalidInput("Cannot read runpack: context evidence is required but context_set_digest is missing");
  }
  return { archive, manifest: stored.manifest, run, refs, ...seen };
}

/** An archive that shows each entry once it is read to be hashed. */
function watched(
  archive: ZipArchive,
  look: (name: string, content: Uint8Array<ArrayBuffer>) => Promise<void>,
): ZipArchive {
  return {
    ...archive,
    // Large entries are read one after the other, so that one at a time is in memory.
    async *chunks(name) {
      const content = await archive.read(name);
      await look(name, content);
      yield content;
    },
  };
}
