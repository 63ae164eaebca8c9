import { readJsonObject } from "./read.ts";
import type { JsonObject } from "./value.ts";

/** Whether bytes are a JSON object that meets a condition; for recognising a file, not for trusting it. */
export function isObjectWith(bytes: Uint8Array, holds: (document: JsonObject) => boolean): boolean {
  try {
    return holds(readJsonObject(bytes, { what: "file" }));
  } catch {
    return false;
  }
}
