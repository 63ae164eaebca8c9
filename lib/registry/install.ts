import { GaitError, invalidInput } from "../errors/mod.ts";
import { utf8 } from "../formats/bytes.ts";
import { folderOf, joinPath } from "../formats/path.ts";
import type { LockedPack } from "../schema/registry.ts";
import { isHexDigest } from "../signing/mod.ts";
import { writeArtifacts } from "./artifact_store.ts";
import { artifactSource, readArtifacts } from "./artifact_source.ts";
import { makeCacheFolder, metadataPath, pinPath } from "./cache.ts";
import { checkPins, type PinOptions } from "./check_pins.ts";
import { InstallError, untrusted } from "./failure.ts";
import { cachedFallback, type Fallback } from "./fallback.ts";
import { fetchDocument, type FetchOptions, type InstallEffects, NO_NETWORK } from "./fetch.ts";
import { checkLocked } from "./lock_file.ts";
import { type Manifest, MANIFEST_NAME, MAX_MANIFEST_BYTES, readManifest } from "./manifest.ts";
import { checkAddress, type Source } from "./source.ts";
import { checkTrust, type Trust } from "./trust.ts";

/** What to install, from where, and the requirements on it. */
export interface InstallOptions {
  readonly source: Source;
  readonly cache: string;
  readonly fetch: FetchOptions;
  readonly trust: Trust;
  readonly pins: PinOptions;
  /** The packs of a lock file; any other is refused. */
  readonly locked?: ReadonlyMap<string, LockedPack> | undefined;
  /** Use the manifest that the cache stores under the pin if the source can't be reached. */
  readonly cachedFallback: boolean;
  readonly withArtifacts: boolean;
}

/** A pack that was installed into the cache. */
export interface InstallResult {
  readonly manifest: Manifest;
  readonly metadataPath: string;
  readonly pinPath: string;
  readonly fallbackPath?: string;
  /** Number of stored artifacts. */
  readonly artifacts?: number;
  readonly warnings: readonly string[];
}

/**
 * Fetch, check, store and pin a pack (docs/spec/registry.md section 2). Nothing is written until every check has
 * passed.
 *
 * @throws {InstallError} if it can't be read or is not trusted; `unsafe_operation` if this program has no network
 * permission
 */
export async function installPack(options: InstallOptions, effects: InstallEffects): Promise<InstallResult> {
  const { files } = effects;
  const { source, cache, pins } = options;
  if (pins.pin !== undefined && !isHexDigest(pins.pin)) {
    throw untrusted(
      "pin_mismatch",
      "The pin is not a SHA-256 digest, so no pack can match it",
      "Give --pin sha256:<64 hex digits>",
    );
  }
  if (source.kind === "remote") checkAddress(source.url, options.fetch);
  const fetched = await fetchManifest(options, effects);
  const manifest = await read(fetched.bytes, fetched.path ?? source.shown);
  await refuseUntrusted(manifest, options.trust, pins);
  if (options.locked !== undefined) checkLocked(manifest, options.locked);
  await checkPins(files, cache, manifest, pins);
  const artifacts = options.withArtifacts
    ? await readArtifacts(manifest, artifactSource(source, fetched.path), options.fetch, effects)
    : undefined;
  const stored = metadataPath(cache, manifest);
  const pin = pinPath(cache, manifest.pack.pack_name);
  await makeCacheFolder(files, cache, folderOf(pin));
  const warnings = await files.withLock(pin, {}, async () => {
    // Again: while artifacts were fetched, another installation may have pinned the name.
    const { warnings } = await checkPins(files, cache, manifest, pins);
    await makeCacheFolder(files, cache, folderOf(stored));
    if (artifacts !== undefined) await writeArtifacts(files, cache, folderOf(stored), artifacts);
    await files.writeAtomic(stored, manifest.stored, { anywhere: true });
    await files.writeAtomic(pin, utf8(`sha256:${manifest.digest}\n`), { anywhere: true });
    return warnings;
  });
  return {
    manifest,
    metadataPath: stored,
    pinPath: pin,
    ...(fetched.path === undefined ? {} : { fallbackPath: fetched.path }),
    ...(artifacts === undefined ? {} : { artifacts: artifacts.length }),
    warnings,
  };
}

/** The bytes of a manifest, and the path of the fallback if they come from the cache. */
async function fetchManifest(
  { source, cache, fetch, pins, cachedFallback: mayFallBack }: InstallOptions,
  effects: InstallEffects,
): Promise<Partial<Fallback> & Pick<Fallback, "bytes">> {
  if (source.kind === "file") return { bytes: await readLocal(source.path, effects) };
  try {
    return { bytes: await fetchDocument(source.url, MAX_MANIFEST_BYTES, fetch, effects) };
  } catch (error) {
    if (!mayFallBack || pins.pin === undefined || !isFailedFetch(error)) throw error;
    const found = await cachedFallback(effects.files, cache, pins.pin);
    if (found === undefined) throw error;
    return found;
  }
}

/**
 * A refused source is not the same as an unreachable one: it is not trusted, and falling back to the cache would hide
 * that.
 */
function isFailedFetch(error: unknown): boolean {
  return error instanceof InstallError
    ? error.kind !== "trust"
    : error instanceof GaitError && error.detail === NO_NETWORK;
}

async function readLocal(path: string, { files }: InstallEffects): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return await files.read(path, MAX_MANIFEST_BYTES);
  } catch (error) {
    const manifest = joinPath(path, MANIFEST_NAME);
    if (error instanceof GaitError && await files.isFile(manifest)) {
      throw unreadable(
        invalidInput(error.message, { hint: `Give the manifest in it: ${manifest}`, cause: error }),
        "source_unreadable",
      );
    }
    throw unreadable(error, "source_unreadable");
  }
}

async function read(bytes: Uint8Array<ArrayBuffer>, shown: string): Promise<Manifest> {
  try {
    return await readManifest(bytes, `manifest "${shown}"`);
  } catch (error) {
    throw unreadable(error, "manifest_invalid");
  }
}

function unreadable(error: unknown, reason: string): unknown {
  if (!(error instanceof GaitError) || error.code !== "invalid_input") return error;
  return new InstallError(
    "source_unreadable",
    error.detail ?? reason,
    error.message,
    error.hint ?? "Give the path of a signed registry_pack.json",
    error,
  );
}

async function refuseUntrusted(manifest: Manifest, trust: Trust, { pin }: PinOptions): Promise<void> {
  const report = await checkTrust(manifest, trust);
  const { publisher } = manifest.pack;
  if (!report.publisherAllowed) {
    throw untrusted(
      "publisher_not_allowed",
      publisher === "" ? "The pack names no publisher" : `Publisher "${publisher}" is not on the allowlist`,
      "Check --publisher-allowlist",
    );
  }
  if (pin !== undefined && pin !== manifest.digest) {
    throw untrusted(
      "pin_mismatch",
      `The pack has digest ${manifest.digest}, which differs from the pinned one`,
      "Find out why the source serves another pack before you change the pin",
    );
  }
  if (!report.signed) {
    throw untrusted(
      "signature_not_verified",
      `The pack has no valid signature: ${report.signatureError}`,
      "Give the publisher's key with --public-key, or trust it: gait keys trust add <public.key> --name <name>",
    );
  }
  if (!report.publisherBound) {
    throw untrusted(
      "publisher_not_bound",
      `The pack was not signed by a key of publisher "${publisher}"`,
      "If the signing key belongs to the publisher, bind it: gait registry publisher add <publisher> --key <name>",
    );
  }
}
