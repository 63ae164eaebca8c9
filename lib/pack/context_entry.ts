import { GaitError } from "../errors/mod.ts";
import { equalBytes } from "../formats/bytes.ts";
import { canonicalBytes } from "../formats/json/mod.ts";
import type { ZipArchive } from "../formats/zip/mod.ts";
import { encodeEnvelope } from "../schema/context.ts";
import { PACK_ENTRY } from "../schema/pack_layout.ts";
import type { Refs } from "../schema/runpack.ts";
import { envelopeOfRefs, readContextEnvelope } from "../runpack/context/envelope.ts";
import { DOCUMENT_LIMITS, readDocument } from "../formats/zip/documents.ts";
import { failureOf, type Finding } from "./report.ts";

/**
 * Compare the context envelope of a pack with the receipts of the runpack inside: it must be what a build would make
 * of them (weak spot 2 of docs/spec/pack.md).
 */
export async function compareEnvelope(archive: ZipArchive, refs: Refs): Promise<Finding[]> {
  const path = PACK_ENTRY.envelope;
  if (!archive.has(path)) {
    return refs.receipts.length === 0
      ? []
      : [failureOf("context_envelope_missing", "the runpack has receipts but the pack no envelope", path)];
  }
  try {
    // A build makes it of however many receipts a run has, so it may be larger than one that a caller hands over.
    const given = await readContextEnvelope(await readDocument(archive, path), DOCUMENT_LIMITS.bytes);
    const held = canonicalBytes(encodeEnvelope(given));
    const expected = canonicalBytes(encodeEnvelope(await envelopeOfRefs(refs)));
    return equalBytes(held, expected)
      ? []
      : [failureOf("context_envelope_contradicts", "it is not that of the runpack inside", path)];
  } catch (error) {
    if (!(error instanceof GaitError)) throw error;
    return [failureOf("context_envelope_invalid", error.message, path)];
  }
}
