import { ifReadable, verificationFailed } from "../errors/mod.ts";
import type { JsonObject } from "../formats/json/mod.ts";
import { EPOCH_1980, isZeroTime, type Rfc3339, toUtc } from "../formats/time.ts";
import type { ZipArchive } from "../formats/zip/mod.ts";
import { omitEmpty } from "../schema/fields.ts";
import { PACK_ENTRY } from "../schema/pack_layout.ts";
import { digestOf, isHexDigest, sha256 } from "../signing/mod.ts";
import { packManifestDigest } from "../pack/manifest.ts";
import { identifyPack, openPackArchive, proving, refuseGuard } from "../pack/open.ts";
import type { PackReport, VerifyPackOptions } from "../pack/report.ts";
import { scanRunpack } from "../pack/scan_runpack.ts";
import { verifyPack } from "../pack/verify.ts";
import { readManifest } from "../runpack/manifest.ts";
import { countMetrics, type Metrics, NO_METRICS } from "./metrics.ts";
import { utf8 } from "../formats/bytes.ts";

/** The common input of all exports of a pack. */
export interface ExportRecord {
  readonly report: PackReport;
  readonly manifestDigest: string;
  /** The pack as a word of a command line. */
  readonly name: string;
  /** In UTC. */
  readonly createdAt: Rfc3339;
  readonly metrics: Metrics;
}

/**
 * Verify a pack and summarise it for an export (docs/spec/pack.md section 7).
 *
 * A damaged pack gives a record with error counts. Failures that a record can't express, such as contradictions and
 * invalid signatures, are errors.
 *
 * @param name the pack as a word of a command line, for hints
 * @throws {GaitError} `invalid_input` or `verification_failed` as verifying does
 */
export async function exportRecord(
  bytes: Uint8Array<ArrayBuffer>,
  demands: VerifyPackOptions = {},
  name = "<path>",
): Promise<ExportRecord> {
  const opened = await openExported(bytes);
  const report = await verifyPack(bytes, demands);
  refuseUnspeakable(report, demands, name);
  if (opened.kind === "runpack") {
    const { document } = await readManifest(opened.archive);
    const { scanned, metrics } = await measure(bytes);
    const created = scanned?.run.created_at;
    return {
      name,
      report,
      manifestDigest: await digestOf(document),
      createdAt: created === undefined || isZeroTime(created) ? EPOCH_1980 : toUtc(created),
      metrics,
    };
  }
  return {
    name,
    report,
    manifestDigest: await packManifestDigest(opened.manifest),
    createdAt: toUtc(opened.manifest.created_at),
    metrics: await metricsInside(opened.archive),
  };
}

async function openExported(bytes: Uint8Array<ArrayBuffer>) {
  const archive = openPackArchive(bytes);
  const opened = await proving(() => identifyPack(archive));
  if (opened.kind === "guard") throw refuseGuard();
  return opened;
}

function refuseUnspeakable(
  { findings, signature }: PackReport,
  { requireSignature = false }: VerifyPackOptions,
  name: string,
): void {
  const failure = findings.find(({ severity }) => severity === "failure");
  if (failure) {
    throw verificationFailed(`Cannot export pack: ${failure.path ?? "it"}: ${failure.message}`, {
      detail: failure.code,
      hint: `See all findings with: gait pack verify ${name}`,
    });
  }
  if (signature.status === "failed" || requireSignature && signature.status !== "verified") {
    throw verificationFailed("Cannot export pack: no signature by a given key holds", {
      detail: "signature_failed",
      hint: `See why with: gait pack verify ${name} --require-signature, and the same key`,
    });
  }
}

/** Whether nothing is missing, changed or undeclared. */
export function isIntact({ hashMismatches, missingFiles, undeclaredFiles }: PackReport): boolean {
  return hashMismatches.length === 0 && missingFiles.length === 0 && undeclaredFiles.length === 0;
}

/**
 * Refuse a damaged pack, for exports that make claims about its content.
 *
 * @throws {GaitError} `verification_failed`
 */
export function demandIntact({ report, name }: ExportRecord, what: string): void {
  if (isIntact(report)) return;
  throw verificationFailed(`Cannot export ${what}: the pack is damaged`, {
    detail: "pack_damaged",
    hint: `See what is wrong with: gait pack verify ${name}`,
  });
}

async function metricsInside(archive: ZipArchive): Promise<Metrics> {
  if (!archive.has(PACK_ENTRY.runpack)) return NO_METRICS;
  const bytes = await ifReadable(() => archive.read(PACK_ENTRY.runpack));
  return bytes ? (await measure(bytes)).metrics : NO_METRICS;
}

async function measure(bytes: Uint8Array<ArrayBuffer>) {
  const counter = countMetrics();
  const scanned = await ifReadable(() => scanRunpack(bytes, counter.visitor));
  return { scanned, metrics: scanned ? counter.total() : NO_METRICS };
}

/** The written form of the record, with all members (docs/spec/pack.md 7.1). */
export function encodeExportRecord({ report, manifestDigest, createdAt, metrics }: ExportRecord): JsonObject {
  return omitEmpty(
    {
      pack_id: report.packId,
      pack_type: report.packType,
      source_ref: report.sourceRef,
      manifest_digest: manifestDigest,
      files_checked: report.filesChecked,
      hash_mismatches: report.hashMismatches.length,
      missing_files: report.missingFiles.length,
      undeclared_files: report.undeclaredFiles.length,
      signature_status: report.signature.status,
      signatures_total: report.signature.total,
      signatures_valid: report.signature.valid,
      created_at: createdAt,
      metrics: {
        tool_calls_total: metrics.toolCalls,
        tool_calls_success: metrics.succeeded,
        tool_calls_success_rate: metrics.successRate,
        policy_blocked: metrics.policyBlocked,
        approval_required: metrics.approvalRequired,
        regress_failures: metrics.regressFailures,
      },
    },
    "pack_id",
    "pack_type",
    "source_ref",
    "manifest_digest",
    "signature_status",
  );
}

/** The deterministic telemetry ids of a pack (docs/spec/pack.md 7.2). */
export interface TelemetryIds {
  /** 32 hex digits. */
  readonly traceId: string;
  /** 16 hex digits. */
  readonly spanId: string;
  /** 64 hex digits from which further ids are derived. */
  readonly seed: string;
}

export async function telemetryIds({ report, manifestDigest }: ExportRecord): Promise<TelemetryIds> {
  const seed = isHexDigest(report.packId)
    ? report.packId.toLowerCase()
    : isHexDigest(manifestDigest)
    ? manifestDigest.toLowerCase()
    : await sha256(utf8(`${report.packType}|${report.sourceRef}`));
  return { traceId: seed.slice(0, 32), spanId: seed.slice(32, 48), seed };
}
