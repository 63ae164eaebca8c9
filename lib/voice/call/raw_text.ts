import { isJsonObject, type JsonValue } from "../../formats/json/mod.ts";
import type { CallEvent } from "../../schema/voice/call.ts";

/** A text where only digests belong. */
export interface RawText {
  readonly callSeq: number;
  readonly message: string;
}

/** Names of voices and engines are shorter, and one word. Characters. */
const LONGEST_LABEL = 64;

/**
 * Texts in the attributes of events that look like something that was said. `hash_only` promises that nobody can
 * read the call in the pack, but attributes are kept as they come (weak spot 7 of docs/spec/voice.md).
 */
export function rawTexts(events: readonly CallEvent[]): RawText[] {
  return events.flatMap(({ attributes, call_seq, event_type }) =>
    sentencesIn(attributes ?? {}, "attributes").map((path) => ({
      callSeq: call_seq,
      message: `${event_type} at call_seq ${call_seq}: ${path} looks like raw text in a hash_only call`,
    }))
  );
}

function sentencesIn(value: JsonValue, path: string): string[] {
  if (typeof value === "string") {
    return value.length > LONGEST_LABEL || /\S\s+\S/u.test(value) ? [path] : [];
  }
  if (Array.isArray(value)) return value.flatMap((item, i) => sentencesIn(item, `${path}[${i}]`));
  if (isJsonObject(value)) {
    return Object.entries(value).flatMap(([name, item]) => sentencesIn(item, `${path}.${name}`));
  }
  return [];
}
