import { invalidInput } from "../errors/mod.ts";
import { readJsonLines, readJsonObject } from "../formats/json/mod.ts";
import { openZip, type ZipArchive } from "../formats/zip/mod.ts";
import { decode } from "../schema/fields.ts";
import { type Intent, intentSchema, type Result, resultSchema, runSchema } from "../schema/runpack.ts";
import { ENTRY } from "../schema/runpack_layout.ts";
import type { Manifest } from "../schema/runpack_manifest.ts";
import type { RecordedRun } from "./pack_records.ts";
import { readManifest } from "./manifest.ts";
import { keepingEntries } from "./kept_entries.ts";
import { QuickRecords } from "./quick_records.ts";
import { readRefs } from "./refs.ts";
import { verifyArchive } from "./verify.ts";

/** The content of an intact runpack. */
export interface Runpack extends RecordedRun {
  /** The listed files and signatures of the archive. */
  readonly manifest: Manifest;
}

/**
 * Read a runpack (docs/spec/core.md 4.6): every listed file and the manifest digest are checked first. Signatures are
 * not checked; use `verifyRunpack` for that.
 *
 * @throws {GaitError} `invalid_input` when anything is missing, damaged or of another kind, `verification_failed`
 * when the archive is ambiguous
 */
export async function readRunpack(bytes: Uint8Array<ArrayBuffer>): Promise<Runpack> {
  const archive = keepingEntries(openZip(bytes));
  const stored = await readManifest(archive);
  const report = await verifyArchive(archive, stored);
  if (report.missingFiles.length > 0) {
    throw invalidInput(`Cannot read runpack: ${report.missingFiles.join(", ")} missing`);
  }
  if (report.hashMismatches.length > 0) {
    const paths = report.hashMismatches.map((mismatch) => mismatch.path).join(", ");
    throw invalidInput(`Cannot read runpack: ${paths} changed after it was recorded`, {
      hint: "See what changed with: gait verify <path>",
    });
  }
  return { manifest: stored.manifest, ...await readRecords(archive) };
}

/** Parse the records of an archive whose digests were checked. */
async function readRecords(archive: ZipArchive): Promise<Omit<Runpack, "manifest">> {
  const document = readJsonObject(await archive.read(ENTRY.run), { what: ENTRY.run });
  const run = decode(runSchema, document, ENTRY.run);
  const refs = readRefs(await archive.read(ENTRY.refs));
  if (refs.context_evidence_mode === "required" && refs.context_set_digest === "") {
    throw invalidInput("Cannot read runpack: context evidence is required but context_set_digest is missing");
  }
  const quick = new QuickRecords();
  const intents: Intent[] = [];
  for (const { line, value } of readJsonLines(await archive.read(ENTRY.intents), ENTRY.intents)) {
    intents.push(quick.intent(value) ?? decode(intentSchema, value, `${ENTRY.intents}, line ${line}`));
  }
  const results: Result[] = [];
  for (const { line, value } of readJsonLines(await archive.read(ENTRY.results), ENTRY.results)) {
    results.push(quick.result(value) ?? decode(resultSchema, value, `${ENTRY.results}, line ${line}`));
  }
  return { run, refs, intents, results };
}
