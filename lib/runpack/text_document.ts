import { isUtf8 } from "node:buffer";
import { GaitError } from "../errors/mod.ts";
import { takeApart } from "../formats/json/array_parts.ts";
import { readRecordDocument } from "./record_input.ts";
import { intentTexts, resultTexts } from "./text_records.ts";

/** The input of `run record` whose records are left as texts; `undefined` if something about it is unusual. */
export function readTexts(bytes: Uint8Array): ReturnType<typeof readRecordDocument> | undefined {
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
