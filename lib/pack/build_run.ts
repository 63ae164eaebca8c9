import { canonicalBytes, readJsonObject } from "../formats/json/mod.ts";
import { crc32For, openZip } from "../formats/zip/mod.ts";
import { assembleZip, entryPacker, type PackedEntry } from "../formats/zip/write_canonical.ts";
import { encodeEnvelope } from "../schema/context.ts";
import { encodeRunPayload, type RunPayload } from "../schema/pack.ts";
import { PACK_ENTRY } from "../schema/pack_layout.ts";
import { ENTRY } from "../schema/runpack_layout.ts";
import type { PrivateKey } from "../signing/mod.ts";
import { envelopeOfRefs } from "../runpack/context/envelope.ts";
import { runPayloadOf } from "./run_payload.ts";
import type { EntrySink } from "./entry_sink.ts";
import { scanRunpack, wholeSink } from "./scan_runpack.ts";
import { type PackFile, type SealedPack, sealPack } from "./seal.ts";

/**
 * Build a pack of a runpack (docs/spec/pack.md 3.1). Order, times and compression of the source don't show in it.
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
  const packed = new Map<string, PackedEntry>();
  const crc32 = await crc32For(bytes.length);
  const packer = (name: string): EntrySink => {
    const entry = entryPacker(name, source.sizeOf(name)!, crc32, (source.modeOf(name)! & 0o111) !== 0);
    return { push: entry.push, end: () => void packed.set(name, entry.finish()) };
  };
  let refs: Uint8Array = new Uint8Array();
  const scanned = await scanRunpack(bytes, {
    entry: (name) =>
      name === ENTRY.refs ? both(packer(name), wholeSink((whole) => refs = whole)) : packer(name),
  });
  // Receipts are written anew below, and a number must not change under the signature.
  readJsonObject(refs, { what: ENTRY.refs, numbers: "exact" });
  // What the runpack does not list goes along, but for folders.
  for (const name of source.names) {
    if (name.endsWith("/") || packed.has(name)) continue;
    const sink = packer(name);
    sink.push(await source.read(name));
    sink.end();
  }
  const payload = runPayloadOf(scanned);
  const files: PackFile[] = [
    { path: PACK_ENTRY.runPayload, content: canonicalBytes(encodeRunPayload(payload)) },
    { path: PACK_ENTRY.runpack, content: assembleZip([...packed.values()]) },
  ];
  if (scanned.refs.receipts.length > 0) {
    const envelope = await envelopeOfRefs(scanned.refs);
    files.push({ path: PACK_ENTRY.envelope, content: canonicalBytes(encodeEnvelope(envelope)) });
  }
  const whole = { packType: "run", sourceRef: payload.run_id, producerVersion, files } as const;
  return { pack: await sealPack(whole, key), payload };
}

function both(left: EntrySink, right: EntrySink): EntrySink {
  return {
    push(chunk) {
      left.push(chunk);
      right.push(chunk);
    },
    end() {
      left.end();
      right.end();
    },
  };
}
