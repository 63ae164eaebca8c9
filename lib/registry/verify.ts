import type { Files } from "../effects/types.ts";
import { isObjectWith, type JsonObject, prettyJson } from "../formats/json/mod.ts";
import { omitEmpty } from "../schema/fields.ts";
import {
  REGISTRY_REPORT_OPTIONAL,
  REGISTRY_REPORT_SCHEMA_ID,
  type RegistryReport,
} from "../schema/registry.ts";
import { EPOCH_1980 } from "../formats/time.ts";
import { type ArtifactReport, checkArtifacts } from "./artifacts.ts";
import { cacheOf, pinPath } from "./cache.ts";
import { type Manifest, MAX_MANIFEST_BYTES, readManifest } from "./manifest.ts";
import { pinNames, readPin } from "./pin.ts";
import { checkTrust, type Trust, type TrustReport } from "./trust.ts";

/** What to verify. */
export interface VerifyManifestOptions {
  readonly path: string;
  /** The cache whose pin applies; by default the one that contains the path. */
  readonly cache?: string | undefined;
  readonly trust: Trust;
  /** Also verify the digests of the artifacts that the manifest names. */
  readonly withArtifacts?: boolean;
}

/** The result of verifying a manifest. */
export interface VerifyReport extends TrustReport {
  readonly ok: boolean;
  readonly path: string;
  readonly manifest: Manifest;
  readonly pinPath?: string;
  /** The text of the pin. */
  readonly pin?: string;
  readonly pinVerified: boolean;
  readonly artifacts?: ArtifactReport;
  /** Why it failed, sorted. */
  readonly reasons: readonly string[];
}

/**
 * Verify a manifest: its signature, its publisher, its pin (docs/spec/registry.md section 4).
 *
 * @throws {GaitError} `invalid_input` if the manifest or its pin can't be read
 */
export async function verifyManifest(files: Files, options: VerifyManifestOptions): Promise<VerifyReport> {
  const { path, trust } = options;
  const bytes = await files.read(path, MAX_MANIFEST_BYTES);
  const manifest = await readManifest(bytes, `manifest "${path}"`);
  const cache = options.cache ?? cacheOf(path, manifest);
  const at = cache === undefined ? undefined : pinPath(cache, manifest.pack.pack_name);
  const pin = at === undefined ? undefined : await readPin(files, at);
  const pinVerified = pin !== undefined && pinNames(pin, manifest.digest);
  const trusted = await checkTrust(manifest, trust);
  const artifacts = options.withArtifacts ? await checkArtifacts(files, path, manifest) : undefined;
  const reasons = [
    ...(artifacts === undefined || artifacts.ok ? [] : ["artifact_mismatch"]),
    ...(pin === undefined || pinVerified ? [] : ["pin_mismatch"]),
    ...(trusted.publisherAllowed ? [] : ["publisher_not_allowed"]),
    ...(trusted.signed && !trusted.publisherBound ? ["publisher_not_bound"] : []),
    ...(trusted.signed ? [] : ["signature_not_verified"]),
  ];
  return {
    ...trusted,
    ok: reasons.length === 0,
    path,
    manifest,
    ...(at === undefined ? {} : { pinPath: at }),
    ...(pin === undefined ? {} : { pin }),
    pinVerified,
    ...(artifacts === undefined ? {} : { artifacts }),
    reasons,
  };
}

/** What was found, as the report and the command's answer state it. */
export function encodeFindings(report: VerifyReport) {
  const { pack, digest } = report.manifest;
  return {
    pack_name: pack.pack_name,
    pack_version: pack.pack_version,
    digest,
    metadata_path: report.path,
    pin_path: report.pinPath,
    pin_digest: report.pin,
    pin_present: report.pin !== undefined,
    pin_verified: report.pinVerified,
    signature_verified: report.signed,
    publisher: pack.publisher,
    publisher_allowed: report.publisherAllowed,
    failure_reasons: [...report.reasons],
  };
}

/** The report as an artifact. Its time is fixed, so that equal results give equal bytes. */
export function encodeReport(report: VerifyReport, version: string): JsonObject {
  const { publisher, publisher_allowed, failure_reasons, ...findings } = encodeFindings(report);
  const document: RegistryReport = {
    schema_id: REGISTRY_REPORT_SCHEMA_ID,
    schema_version: "1.0.0",
    created_at: EPOCH_1980,
    producer_version: version,
    ...findings,
    publisher,
    source: report.manifest.pack.source,
    publisher_allowed,
    status: report.ok ? "pass" : "fail",
    failure_reasons,
  };
  return omitEmpty(document, ...REGISTRY_REPORT_OPTIONAL);
}

/** Write the report; an older report is overwritten, because it can be regenerated. */
export async function writeReport(
  files: Files,
  path: string,
  report: VerifyReport,
  version: string,
): Promise<void> {
  const folder = path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : "";
  if (folder !== "") await files.makeFolder(folder);
  await files.writeOutput(path, prettyJson(encodeReport(report, version)), {
    older: (held) => isObjectWith(held, ({ schema_id }) => schema_id === REGISTRY_REPORT_SCHEMA_ID),
    olderGoes: "away",
    hint: "Choose another path for the report: the existing file is not a report",
  });
}
