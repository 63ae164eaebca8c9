import { GaitError } from "../errors/mod.ts";
import type { RunToRecord } from "./record.ts";
import { readRecordDocument } from "./record_input.ts";
import { UNUSUAL } from "./records.ts";

/** Documents up to this size in bytes are read as values, which is simpler. */
const LONG = 1024 * 1024;

/**
 * Open the input of `run record`. The records of a long document are read while they are recorded, without their values.
 *
 * INVARIANT: whatever is wrong is said as for a short document. There the records are read first, so a document that can't be
 * recorded, for its run id, say, is read again with its values: what is wrong with a record counts before.
 *
 * @param long size in bytes of documents that count as short
 * @returns records it in some way; the document that was recorded says what in it is unknown
 * @throws {GaitError} `invalid_input`, at the latest when it is recorded
 */
export async function openRecordDocument(bytes: Uint8Array, long = LONG) {
  let texts = bytes.length > long ? (await import("./text_document.ts")).readTexts(bytes) : undefined;
  const whole = texts === undefined ? readRecordDocument(bytes) : undefined;
  return async <R>(record: (input: RunToRecord) => Promise<R>) => {
    if (texts !== undefined) {
      try {
        return { recorded: await record(texts.input), unknown: texts.unknown };
      } catch (error) {
        if (error !== UNUSUAL && !(error instanceof GaitError)) throw error;
      }
      texts = undefined; // it is not held beside the values
    }
    const { input, unknown } = whole ?? readRecordDocument(bytes);
    return { recorded: await record(input), unknown };
  };
}
