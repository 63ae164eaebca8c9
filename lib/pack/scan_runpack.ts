import { invalidInput } from "../errors/mod.ts";
import { concat } from "../formats/bytes.ts";
import { readJsonObject } from "../formats/json/mod.ts";
import { openZip, type ZipArchive } from "../formats/zip/mod.ts";
import { decode } from "../schema/fields.ts";
import { type Refs, type Run, runSchema } from "../schema/runpack.ts";
import { ENTRY } from "../schema/runpack_layout.ts";
import type { Manifest } from "../schema/runpack_manifest.ts";
import { refuseHeavy, refuseLarge } from "../formats/zip/documents.ts";
import { readManifest } from "../runpack/manifest.ts";
import { readRefs } from "../runpack/refs.ts";
import { verifyArchive } from "../runpack/verify.ts";
import { type EntrySink, recordSink, type RecordVisitor } from "./scan_records.ts";

/** A completely read runpack without its records. */
export interface ScannedRunpack {
  readonly archive: ZipArchive;
  readonly manifest: Manifest;
  readonly run: Run;
  /** Normalised (docs/spec/pack.md 8.4). */
  readonly refs: Refs;
  readonly intents: number;
  readonly results: number;
}

/** A visitor of a runpack scan. Its results are valid only if the scan succeeds. */
export interface ScanVisitor extends RecordVisitor {
  /** Called before a listed entry is read. */
  readonly entry?: (name: string) => EntrySink | undefined;
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
  const sinks: Record<string, () => EntrySink> = {
    [ENTRY.run]: () =>
      documentSink(
        archive,
        ENTRY.run,
        (content) => run = decode(runSchema, readJsonObject(content, { what: ENTRY.run }), ENTRY.run),
      ),
    [ENTRY.refs]: () => documentSink(archive, ENTRY.refs, (content) => refs = readRefs(content)),
    [ENTRY.intents]: () => recordSink("intents", visitor, (count) => seen.intents = count),
    [ENTRY.results]: () => recordSink("results", visitor, (count) => seen.results = count),
  };
  const report = await verifyArchive(
    watched(archive, (name) => [sinks[name]?.(), visitor.entry?.(name)].filter((sink) => sink !== undefined)),
    stored,
  );
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

/** Wrap an archive so that entries are passed to sinks while they are read for hashing. */
function watched(archive: ZipArchive, sinksOf: (name: string) => readonly EntrySink[]): ZipArchive {
  return {
    ...archive,
    async *chunks(name) {
      const open = new Set(sinksOf(name));
      try {
        for await (const chunk of archive.chunks(name)) {
          for (const sink of open) sink.push(chunk);
          yield chunk;
        }
        for (const sink of open) {
          sink.end();
          open.delete(sink);
        }
      } finally {
        for (const sink of open) sink.abandon?.();
      }
    },
  };
}

/** Collects a document that is parsed whole. */
function documentSink(
  archive: ZipArchive,
  name: string,
  take: (content: Uint8Array<ArrayBuffer>) => void,
): EntrySink {
  refuseLarge(name, archive.sizeOf(name) ?? 0);
  return wholeSink((content) => {
    refuseHeavy(name, content);
    take(content);
  });
}

/** Collects a small entry. */
export function wholeSink(take: (content: Uint8Array<ArrayBuffer>) => void): EntrySink {
  const parts: Uint8Array[] = [];
  return { push: (chunk) => void parts.push(chunk.slice()), end: () => take(concat(parts)) };
}
