import { canonicalize, hasManyBrackets, type JsonObject, readJsonObject } from "../formats/json/mod.ts";
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
  const parts = new PartsWithDigest(intent.args_digest);
  writeIntentLine(lines, intent, parts.of(args, intent.intent_id, intent.tool_name));
}

/** @param result the canonical text of the result itself; `undefined` to leave it out */
export function writeResult(lines: LineWriter, record: Result, result: string | undefined): void {
  if (!isPart(result)) {
    lines.add(canonicalize(encodeResult({ ...record, result: valueOf(record.result, result) })));
    return;
  }
  const parts = new PartsWithDigest(record.result_digest);
  writeResultLine(lines, record, parts.of(result, record.intent_id, record.status));
}

/** Parts of a line as texts: the payload in its canonical form, the others as they are. */
export abstract class TextParts implements LineParts {
  #payload: string | undefined;
  #id = "";
  #word = "";

  /** Become the parts of a line. */
  of(payload: string | undefined, id: string, word: string): this {
    [this.#payload, this.#id, this.#word] = [payload, id, word];
    return this;
  }

  get hasPayload(): boolean {
    return this.#payload !== undefined && this.#payload !== "{}";
  }

  payload(lines: LineWriter): void {
    lines.text(this.#payload!);
  }

  abstract digest(lines: LineWriter): void;

  id(lines: LineWriter): void {
    lines.quoted(this.#id);
  }

  word(lines: LineWriter): void {
    lines.quoted(this.#word);
  }
}

class PartsWithDigest extends TextParts {
  readonly #digest: string;

  constructor(digest: string) {
    super();
    this.#digest = digest;
  }

  digest(lines: LineWriter): void {
    lines.quoted(this.#digest);
  }
}

/** A payload may be as deep as a document, but not as a part of one, which canonicalize() refuses. */
export const isPart = (payload: string | undefined) => payload === undefined || !hasManyBrackets(payload);

/** The payload of this text, which a record of a long log has alone; `null` to leave it out. */
function valueOf(held: JsonObject | null | undefined, text: string | undefined): JsonObject | null {
  return text === undefined ? null : held ?? readJsonObject(text, { what: "payload" });
}
