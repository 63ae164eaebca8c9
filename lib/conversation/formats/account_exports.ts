import { isJsonObject, type JsonObject } from "../../formats/json/mod.ts";
import type { Roots } from "../input.ts";
import { type Element, elementsOf, type Reading, type Readings } from "./reader.ts";

/** A conversation of an export with its position. */
export interface ExportedConversation {
  readonly value: JsonObject;
  readonly position: string;
}

/**
 * Read the export of an account, which holds years of conversations: one in which no tool was called has nothing to
 * attest and is counted; what such a one lists is kept.
 *
 * @param isConversation whether a value of the export is one
 */
export function readAccountExport(
  roots: Roots,
  isConversation: (value: JsonObject) => boolean,
  read: (conversation: ExportedConversation) => Reading,
): Readings {
  return readCounted(elementsOf(roots), isConversation, read, "conversation");
}

/**
 * Read parts of an export, each as a run of its own if a tool was called in it; the others are counted.
 *
 * @param word what a part is called
 */
export function readCounted(
  elements: readonly Element[],
  isPart: (value: JsonObject) => boolean,
  read: (part: ExportedConversation) => Reading,
  word: string,
): Readings {
  const readings: Reading[] = [];
  const skipped: { position: string; reason: string }[] = [];
  let without = 0;
  for (const { value, position } of elements) {
    if (!isJsonObject(value) || !isPart(value)) {
      skipped.push({ position, reason: `no ${word} of the export` });
      continue;
    }
    const reading = read({ value, position });
    if (reading.transcript.calls.length > 0) {
      readings.push(reading);
      continue;
    }
    without++;
    for (const { position: at, reason } of reading.transcript.skipped) {
      skipped.push({ position: `${position}, ${at}`, reason });
    }
  }
  if (without > 0) {
    skipped.push({ position: "the export", reason: `${without} × ${word} in which no tool was called` });
  }
  return { readings, skipped };
}
