import { canonicalBytes, readJsonObject } from "../formats/json/mod.ts";
import { crc32For } from "../formats/zip/crc32.ts";
import { Deflater } from "../formats/zip/deflated.ts";
import { openZip, type ZipArchive } from "../formats/zip/mod.ts";
import { writeZipPieces, type ZipFile } from "../formats/zip/write.ts";
import { encodeEnvelope } from "../schema/context.ts";
import { encodeRunPayload, type RunPayload } from "../schema/pack.ts";
import { PACK_ENTRY } from "../schema/pack_layout.ts";
import { ENTRY } from "../schema/runpack_layout.ts";
import type { PrivateKey } from "../signing/mod.ts";
import { envelopeOfRefs } from "../runpack/context.ts";
import { runPayloadOf } from "./contracts/run.ts";
import { scanRunpack, wholeSink } from "./scan_runpack.ts";
import { type PackFile, type SealedPack, sealPack } from "./seal.ts";
import { append } from "../formats/lists.ts";
import { invalidInput } from "../errors/mod.ts";
import { insideWorkingFolder, outputPath } from "../formats/path.ts";
import { isPathLike, locateRunpack, type PackPlaces } from "../runpack/locate.ts";
import { readSessionChain } from "../session/chain.ts";
import { locateSealed } from "../session/verify_sealed.ts";

/**
 * Build a pack of a runpack (docs/spec/pack.md 3.1). Independent of the order, times and compression of the source.
 *
 * @param bytes the runpack, read once, so that the checked bytes are the ones packed
 * @param further files that go into the pack as they are
 * @throws {GaitError} `invalid_input` when the runpack is damaged or its receipts make no valid context envelope,
 * `verification_failed` when the archive is ambiguous
 */
export async function buildRunPack(
  bytes: Uint8Array<ArrayBuffer>,
  producerVersion: string,
  key?: PrivateKey,
  further: readonly PackFile[] = [],
): Promise<{ readonly pack: SealedPack; readonly payload: RunPayload }> {
  const source = openZip(bytes);
  let refs: Uint8Array = new Uint8Array();
  // Entries that are large are compressed while they are read to be checked.
  const deflaters = new Map<string, Deflater>();
  const crc32 = await crc32For(source.names.reduce((sum, name) => sum + source.sizeOf(name)!, 0));
  const scanned = await scanRunpack(bytes, {
    entry(name) {
      if (name === ENTRY.refs) return wholeSink((whole) => refs = whole);
      if (source.sizeOf(name)! <= SMALL || deflaters.has(name)) return undefined;
      const deflater = new Deflater(crc32);
      deflaters.set(name, deflater);
      return deflater;
    },
  });
  // Receipts are re-encoded below, which must not change a signed number.
  readJsonObject(refs, { what: ENTRY.refs, numbers: "exact" });
  const payload = runPayloadOf(scanned);
  const files: PackFile[] = [
    { path: PACK_ENTRY.runPayload, content: canonicalBytes(encodeRunPayload(payload)) },
    { path: PACK_ENTRY.runpack, content: await repack(source, deflaters), isSpent: true },
  ];
  if (scanned.refs.receipts.length > 0) {
    const envelope = await envelopeOfRefs(scanned.refs);
    files.push({ path: PACK_ENTRY.envelope, content: canonicalBytes(encodeEnvelope(envelope)) });
  }
  append(files, further);
  const whole = { packType: "run", sourceRef: payload.run_id, producerVersion, files } as const;
  return { pack: await sealPack(whole, key), payload };
}

/** Entries up to this size in bytes are held while the archive is written, up to so many bytes together. */
const SMALL = 64 * 1024;
const HELD = 4 * 1024 * 1024;

/** Rewrite the archive including unlisted entries but without folders; large entries are read one at a time. */
async function repack(
  source: ZipArchive,
  deflaters: ReadonlyMap<string, Deflater>,
): Promise<Uint8Array<ArrayBuffer>[]> {
  const files: ZipFile[] = [];
  let held = 0;
  for (const name of source.names) {
    if (name.endsWith("/")) continue;
    const size = source.sizeOf(name)!;
    const isHeld = size <= SMALL && held + size <= HELD;
    if (isHeld) held += size;
    const content = deflaters.get(name)?.result() ??
      (isHeld ? await source.read(name) : source.chunks(name));
    files.push({ name, content, executable: (source.modeOf(name)! & 0o111) !== 0 });
  }
  return await writeZipPieces(files);
}

/** The location of the runpack of a run pack. */
export interface RunSource {
  readonly path: string;
  /** What a session chain says the digest of its manifest is; absent when nothing does. */
  readonly manifestDigest: string | undefined;
  /** Runpacks of earlier checkpoints of the chain, which the pack does not contain. */
  readonly earlier: readonly string[];
}

/**
 * Find the runpack that a source names: a session chain, a path, or a run id (docs/spec/pack.md 3.1).
 *
 * @throws {GaitError} `invalid_input` when there is none, or the chain is broken
 */
export async function locateRunSource(given: string, places: PackPlaces): Promise<RunSource> {
  const source = given.trim();
  if (/\.json$/i.test(source)) return await lastOfChain(insideWorkingFolder(source), places);
  const path = isPathLike(source) ? outputPath(source) : source;
  return { path: await locateRunpack(path, places), manifestDigest: undefined, earlier: [] };
}

/** The runpack of the last checkpoint. */
async function lastOfChain(path: string, { files }: PackPlaces): Promise<RunSource> {
  const { checkpoints } = readSessionChain(await files.read(path));
  for (const [i, checkpoint] of checkpoints.entries()) {
    const before = checkpoints[i - 1];
    if (before && checkpoint.prev_checkpoint_digest !== before.checkpoint_digest) {
      throw invalidInput(
        `Cannot use session chain "${path}": checkpoint ${checkpoint.checkpoint_index} does not follow`,
        {
          hint: "Check the chain with: gait verify session-chain",
        },
      );
    }
  }
  const last = checkpoints.at(-1)!;
  const runpack = await locateSealed(files, path, last.runpack_path);
  const earlier = checkpoints.slice(0, -1).map((checkpoint) => checkpoint.runpack_path);
  return { path: runpack, manifestDigest: last.manifest_digest || undefined, earlier };
}
