import { invalidInput } from "../errors/mod.ts";
import { type JsonLine, JsonLineSplitter, readJsonObject } from "../formats/json/mod.ts";
import { sameJson } from "../formats/json/equal.ts";
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
 * @param options `like`: a runpack that will be held beside it; what is equal in both is held once
 * @throws {GaitError} `invalid_input` when anything is missing, damaged or of another kind, `verification_failed`
 * when the archive is ambiguous
 */
export async function readRunpack(
  bytes: Uint8Array<ArrayBuffer>,
  { like }: { readonly like?: Runpack } = {},
): Promise<Runpack> {
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
  return { manifest: stored.manifest, ...await readRecords(archive, like) };
}

/** Parse the records of an archive whose digests were checked. */
async function readRecords(
  archive: ZipArchive,
  like: Runpack | undefined,
): Promise<Omit<Runpack, "manifest">> {
  const document = readJsonObject(await archive.read(ENTRY.run), { what: ENTRY.run });
  const run = decode(runSchema, document, ENTRY.run);
  const refs = readRefs(await archive.read(ENTRY.refs));
  if (refs.context_evidence_mode === "required" && refs.context_set_digest === "") {
    throw invalidInput("Cannot read runpack: context evidence is required but context_set_digest is missing");
  }
  const quick = new QuickRecords();
  const intents: Intent[] = [];
  await eachLine(archive, ENTRY.intents, ({ line, value }) => {
    const intent = quick.intent(value) ?? decode(intentSchema, value, `${ENTRY.intents}, line ${line}`);
    const other = like?.intents[intents.length];
    intents.push(other === undefined ? intent : shareIntent(intent, other));
  });
  const results: Result[] = [];
  await eachLine(archive, ENTRY.results, ({ line, value }) => {
    const result = quick.result(value) ?? decode(resultSchema, value, `${ENTRY.results}, line ${line}`);
    const other = like?.results[results.length];
    results.push(other === undefined ? result : shareResult(result, other));
  });
  return { run, refs, intents, results };
}

function shareIntent(intent: Intent, other: Intent): Intent {
  const { intent_id, args_digest, args } = intent;
  return {
    ...intent,
    intent_id: intent_id === other.intent_id ? other.intent_id : intent_id,
    args_digest: args_digest === other.args_digest ? other.args_digest : args_digest,
    ...(args && other.args && sameJson(args, other.args) ? { args: other.args } : {}),
  };
}

function shareResult(record: Result, other: Result): Result {
  const { intent_id, result_digest, result } = record;
  return {
    ...record,
    intent_id: intent_id === other.intent_id ? other.intent_id : intent_id,
    result_digest: result_digest === other.result_digest ? other.result_digest : result_digest,
    ...(result && other.result && sameJson(result, other.result) ? { result: other.result } : {}),
  };
}

/** Read the lines of an entry, which is never held as a whole where it is large. */
async function eachLine(archive: ZipArchive, name: string, read: (line: JsonLine) => void): Promise<void> {
  const lines = new JsonLineSplitter(name, {});
  for await (const chunk of archive.chunks(name)) {
    for (const line of lines.push(chunk)) read(line);
  }
  for (const line of lines.end()) read(line);
}
