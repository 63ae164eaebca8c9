import { canonicalize, hasManyBrackets, type JsonObject } from "../formats/json/mod.ts";
import type { LineWriter } from "../formats/json/line_writer.ts";
import { encodeIntent, encodeResult, type Intent, type Result } from "../schema/runpack.ts";
import { type LineParts, writeIntentLine, writeResultLine } from "./line_parts.ts";

/*
 * The canonical lines of records whose payload is written out already, for its digest: writing it once more would
 * double the work of a run with a hundred thousand calls.
 */

/** @param args the canonical text of its arguments; `undefined` to leave them out */
export function writeIntent(lines: LineWriter, intent: Intent, args: string | undefined): void {
  if (intent.arg_provenance?.length || !isPart(args)) {
    lines.add(canonicalize(encodeIntent({ ...intent, args: valueOf(intent.args, args) })));
    return;
  }
  writeIntentLine(lines, intent, intent.args_digest, new TextParts(args, intent.intent_id, intent.tool_name));
}

/** @param result the canonical text of the result itself; `undefined` to leave it out */
export function writeResult(lines: LineWriter, record: Result, result: string | undefined): void {
  if (!isPart(result)) {
    lines.add(canonicalize(encodeResult({ ...record, result: valueOf(record.result, result) })));
    return;
  }
  writeResultLine(
    lines,
    record,
    record.result_digest,
    new TextParts(result, record.intent_id, record.status),
  );
}

/** Parts of a line as texts: the payload in its canonical form, the others as they are. */
class TextParts implements LineParts {
  readonly #payload: string | undefined;
  readonly #id: string;
  readonly #word: string;

  constructor(payload: string | undefined, id: string, word: string) {
    [this.#payload, this.#id, this.#word] = [payload, id, word];
  }

  get hasPayload(): boolean {
    return this.#payload !== undefined && this.#payload !== "{}";
  }

  payload(lines: LineWriter): void {
    lines.text(this.#payload!);
  }

  id(lines: LineWriter): void {
    lines.quoted(this.#id);
  }

  word(lines: LineWriter): void {
    lines.quoted(this.#word);
  }
}

/** A payload may be as deep as a document, but not as a part of one, which canonicalize() refuses. */
const isPart = (payload: string | undefined) => payload === undefined || !hasManyBrackets(payload);

/** The payload of this text, which a record of a long log has alone; `null` to leave it out. */
function valueOf(held: JsonObject | null | undefined, text: string | undefined): JsonObject | null {
  return text === undefined ? null : held ?? JSON.parse(text);
}
