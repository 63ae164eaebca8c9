import { isUtf8 } from "node:buffer";
import { GaitError } from "../errors/mod.ts";
import { takeApart } from "../formats/json/array_parts.ts";
import type { RunToRecord } from "./record.ts";
import { readRecordDocument } from "./record_input.ts";
import { UNUSUAL } from "./text_heads.ts";
import { intentTexts, resultTexts } from "./text_records.ts";

/** The input of `run record`, and its unknown members. */
type RecordDocument = ReturnType<typeof readRecordDocument>;

/** Documents up to this size in bytes are read as values, which is simpler. */
const LONG = 1024 * 1024;

/**
 * Open the input of `run record`. The records of a long document are read while they are recorded, without their values.
 *
 * @param long size in bytes of documents that count as short
 * @returns records it in some way; the document that was recorded says what in it is unknown
 * @throws {GaitError} `invalid_input`, at the latest when it is recorded
 */
export function openRecordDocument(bytes: Uint8Array, long = LONG) {
  const texts = bytes.length > long ? readTexts(bytes) : undefined;
  const whole = texts === undefined ? readRecordDocument(bytes) : undefined;
  return async <R>(record: (input: RunToRecord) => Promise<R>) => {
    if (texts !== undefined) {
      try {
        return { recorded: await record(texts.input), unknown: texts.unknown };
      } catch (error) {
        if (error !== UNUSUAL) throw error;
      }
    }
    const { input, unknown } = whole ?? readRecordDocument(bytes);
    return { recorded: await record(input), unknown };
  };
}

/** A document whose records are left as texts; `undefined` if something about it is unusual. */
function readTexts(bytes: Uint8Array): RecordDocument | undefined {
  if (!isUtf8(bytes)) return undefined;
  const apart = takeApart(bytes, ["intents", "results"]);
  const [intents, results] = [apart?.arrays.get("intents"), apart?.arrays.get("results")];
  if (apart === undefined || intents === undefined || results === undefined) return undefined;
  try {
    const { input, unknown } = readRecordDocument(apart.rest);
    return {
      input: { ...input, intents: intentTexts(bytes, intents), results: resultTexts(bytes, results) },
      unknown,
    };
  } catch (error) {
    if (error instanceof GaitError) return undefined; // reading it as a whole says what is wrong
    throw error;
  }
}
