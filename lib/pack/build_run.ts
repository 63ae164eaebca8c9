import { canonicalBytes, readJsonObject } from "../formats/json/mod.ts";
import { openZip, type ZipArchive } from "../formats/zip/mod.ts";
import { encodeEnvelope } from "../schema/context_envelope.ts";
import { encodeRunPayload, type RunPayload } from "../schema/pack.ts";
import { PACK_ENTRY } from "../schema/pack_layout.ts";
import { ENTRY } from "../schema/runpack_layout.ts";
import type { PrivateKey } from "../signing/mod.ts";
import { envelopeOfRefs } from "../runpack/context/envelope.ts";
import { runPayloadOf } from "./run_payload.ts";
import { scanRunpack, wholeSink } from "./scan_runpack.ts";
import { type PackFile, type SealedPack, sealPack } from "./seal.ts";

/**
 * Build a pack of a runpack (spec/pack.md 3.1). Order, times and compression of the source don't show in it.
 *
 * @param bytes the runpack, read once: what is checked is what goes into the pack
 * @throws {GaitError} `invalid_input` when the runpack is damaged or its receipts make no valid context envelope,
 * `verification_failed` when the archive is ambiguous
 */
export async function buildRunPack(
  bytes: Uint8Array<ArrayBuffer>,
  producerVersion: string,
  key?: PrivateKey,
): Promise<{ readonly pack: SealedPack; readonly payload: RunPayload }> {
  const source = openZip(bytes);
  let refs: Uint8Array = new Uint8Array();
  const scanned = await scanRunpack(bytes, {
    entry: (name) => name === ENTRY.refs ? wholeSink((whole) => refs = whole) : undefined,
  });
  // Receipts are written anew below, and a number must not change under the signature.
  readJsonObject(refs, { what: ENTRY.refs, numbers: "exact" });
  const payload = runPayloadOf(scanned);
  const files: PackFile[] = [
    { path: PACK_ENTRY.runPayload, content: canonicalBytes(encodeRunPayload(payload)) },
    { path: PACK_ENTRY.runpack, content: await repack(source) },
  ];
  if (scanned.refs.receipts.length > 0) {
    const envelope = await envelopeOfRefs(scanned.refs);
    files.push({ path: PACK_ENTRY.envelope, content: canonicalBytes(encodeEnvelope(envelope)) });
  }
  const whole = { packType: "run", sourceRef: payload.run_id, producerVersion, files } as const;
  return { pack: await sealPack(whole, key), payload };
}

/** The archive anew, what its manifest does not list with it, but for folders; entries are read one after another. */
async function repack(source: ZipArchive): Promise<Uint8Array<ArrayBuffer>> {
  const { writeZip } = await import("../formats/zip/write.ts");
  return await writeZip(
    source.names.filter((name) => !name.endsWith("/")).map((name) => ({
      name,
      content: source.chunks(name),
      executable: (source.modeOf(name)! & 0o111) !== 0,
    })),
  );
}
