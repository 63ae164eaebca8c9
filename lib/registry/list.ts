import type { Files } from "../effects/types.ts";
import { GaitError, ifReadable, invalidInput } from "../errors/mod.ts";
import { compareBytewise } from "../formats/bytes.ts";
import { cleanPath } from "../formats/path.ts";
import { cacheOf, namesIn, pinPath, PINS } from "./cache.ts";
import { type Manifest, MANIFEST_NAME, MAX_MANIFEST_BYTES, readManifest } from "./manifest.ts";
import { nameFault } from "./pack_name.ts";
import { pinNames, readPin } from "./pin.ts";

/** A pack in the cache. */
export interface CachedPack {
  readonly manifest: Manifest;
  readonly path: string;
  readonly pinPath: string;
  /** The text of its pin; absent without one. */
  readonly pin?: string;
  /** Whether the pin names exactly this pack. */
  readonly pinVerified: boolean;
}

/** A cache entry that is not a pack, or not the one that its path says. */
export interface SkippedEntry {
  readonly path: string;
  readonly reason: string;
}

/** The content of a cache. */
export interface CacheContent {
  readonly packs: readonly CachedPack[];
  readonly skipped: readonly SkippedEntry[];
}

/**
 * The packs of a cache, sorted by name, version, digest and path (docs/spec/registry.md section 3). Their digests are
 * recomputed, because the path of a manifest proves nothing. Signatures are not verified.
 *
 * @throws {GaitError} `invalid_input` if the cache is not a folder
 */
export async function listCache(files: Files, cache: string): Promise<CacheContent> {
  const info = await files.stat(cache);
  if (info === undefined) return { packs: [], skipped: [] };
  if (info.kind !== "folder" && info.kind !== "symlink") {
    throw invalidInput(`Cannot list "${cache}": it is not a folder`, { hint: "Give the folder of a cache" });
  }
  const held = new Holder(files, cache);
  for (const name of await files.list(cache)) if (name !== PINS) await held.add(name);
  return held.content();
}

/** The packs with a given name. */
export async function listPack(files: Files, cache: string, name: string): Promise<CacheContent> {
  const held = new Holder(files, cache);
  if (nameFault(name) === undefined) await held.add(name);
  return held.content();
}

/** Collects the content of a cache. */
class Holder {
  readonly #packs: CachedPack[] = [];
  readonly #skipped: SkippedEntry[] = [];
  readonly #pins = new Map<string, string | undefined>();
  readonly #files: Files;
  readonly #cache: string;

  constructor(files: Files, cache: string) {
    this.#files = files;
    this.#cache = cache;
  }

  /** Read the entries in the folder of a name. The name in a manifest there may differ. */
  async add(name: string): Promise<void> {
    for (const path of await manifestsOf(this.#files, cleanPath(`${this.#cache}/${name}`))) {
      const read = await readCached(this.#files, this.#cache, path, this.#pins);
      if ("reason" in read) this.#skipped.push(read);
      else this.#packs.push(read);
    }
  }

  content(): CacheContent {
    return { packs: this.#packs.sort(inOrder), skipped: this.#skipped };
  }
}

/** The paths where manifests of a pack may be, whether or not they exist. */
async function manifestsOf(files: Files, folder: string): Promise<string[]> {
  const found: string[] = [];
  for (const version of await namesIn(files, folder)) {
    for (const digest of await namesIn(files, `${folder}/${version}`)) {
      found.push(`${folder}/${version}/${digest}/${MANIFEST_NAME}`);
    }
  }
  return found;
}

async function readCached(
  files: Files,
  cache: string,
  path: string,
  pins: Map<string, string | undefined>,
): Promise<CachedPack | SkippedEntry> {
  let manifest: Manifest;
  try {
    manifest = await readManifest(await files.read(path, MAX_MANIFEST_BYTES), `manifest "${path}"`);
  } catch (error) {
    if (!(error instanceof GaitError)) throw error;
    return { path, reason: error.message };
  }
  const name = manifest.pack.pack_name;
  const at = pinPath(cache, name);
  if (!pins.has(name)) pins.set(name, await ifReadable(() => readPin(files, at)));
  const pin = pins.get(name) || undefined;
  return {
    manifest,
    path,
    pinPath: at,
    ...(pin === undefined ? {} : { pin }),
    pinVerified: pin !== undefined && pinNames(pin, manifest.digest),
  };
}

/** Whether a pack is where the cache would store it. */
export function isInPlace({ path, manifest }: CachedPack): boolean {
  return cacheOf(path, manifest) !== undefined;
}

function inOrder(left: CachedPack, right: CachedPack): number {
  const key = ({ manifest: { pack, digest }, path }: CachedPack) => [
    pack.pack_name,
    pack.pack_version,
    digest,
    path,
  ];
  const [a, b] = [key(left), key(right)];
  for (let i = 0; i < a.length; i++) {
    const order = compareBytewise(a[i]!, b[i]!);
    if (order !== 0) return order;
  }
  return 0;
}
