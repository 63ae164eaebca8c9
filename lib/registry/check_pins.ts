import type { Files } from "../effects/types.ts";
import { ifReadable, unsafeOperation } from "../errors/mod.ts";
import { namesIn, pinPath } from "./cache.ts";
import { untrusted } from "./failure.ts";
import { type Manifest, MANIFEST_NAME, MAX_MANIFEST_BYTES, readManifest } from "./manifest.ts";
import { pinNames, pinnedDigest, readPin } from "./pin.ts";
import { precedes } from "./semver.ts";

/** What a pack is compared with before it replaces another. */
export interface PinOptions {
  /** The required digest, in lower case and without prefix. */
  readonly pin?: string | undefined;
  /** Refuse a pack that the cache pins to another digest. */
  readonly requireMatch: boolean;
}

/**
 * Compare a pack with the one that the cache pins under its name. This prevents downgrades: an old pack with a known
 * vulnerability has a signature that is as valid as that of the new one.
 *
 * @throws {InstallError} if another pack is pinned and must not be replaced
 */
export async function checkPins(
  files: Files,
  cache: string,
  manifest: Manifest,
  { requireMatch }: PinOptions,
): Promise<{ readonly warnings: readonly string[] }> {
  const { pack_name: name, pack_version: version } = manifest.pack;
  const path = pinPath(cache, name);
  const info = await files.stat(path);
  if (info === undefined) return { warnings: [] };
  if (info.kind === "folder") {
    throw unsafeOperation(`Cannot pin "${name}": "${path}" is a folder`, { hint: "Move it elsewhere" });
  }
  const held = await ifReadable(() => readPin(files, path));
  if (held !== undefined && pinNames(held, manifest.digest)) return { warnings: [] };
  if (requireMatch) {
    throw untrusted(
      "pin_changed",
      `"${name}" is pinned to another pack`,
      "Leave out --require-pin-match to replace it, once you know why it changed",
    );
  }
  const before = held === undefined ? undefined : await versionOf(files, cache, name, pinnedDigest(held));
  const back = before !== undefined && precedes(version, before) === true;
  return {
    warnings: [
      `pin of "${name}" changes${
        before === undefined ? "" : ` from version ${before}`
      } to version ${version}`,
      ...(back ? [`"${name}" goes back from version ${before} to the older ${version}`] : []),
    ],
  };
}

/** The version of the pack that the cache holds under a digest. */
async function versionOf(
  files: Files,
  cache: string,
  name: string,
  digest: string,
): Promise<string | undefined> {
  for (const version of await namesIn(files, `${cache}/${name}`)) {
    const path = `${cache}/${name}/${version}/${digest}/${MANIFEST_NAME}`;
    if (!/^[0-9a-f]{64}$/.test(digest) || (await files.stat(path))?.kind !== "file") continue;
    const found = await ifReadable(async () =>
      await readManifest(await files.read(path, MAX_MANIFEST_BYTES), `manifest "${path}"`)
    );
    if (found?.digest === digest) return found.pack.pack_version;
  }
  return undefined;
}
