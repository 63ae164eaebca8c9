import { canonicalize, hasManyBrackets, type JsonObject } from "../formats/json/mod.ts";
import type { LineWriter } from "../formats/json/line_writer.ts";
import { encodeIntent, encodeResult, type Intent, type Result } from "../schema/runpack.ts";
import { CLOSE, INTENT_PARTS, RESULT_PARTS } from "./line_parts.ts";

/*
 * The canonical lines of records whose payload is written out already, for its digest: writing it once more would
 * double the work of a run with a hundred thousand calls.
 *
 * INVARIANT: a line is canonicalize(encodeIntent(…)) or canonicalize(encodeResult(…)).
 */

/** @param args the canonical text of its arguments; `undefined` to leave them out */
export function writeIntent(lines: LineWriter, intent: Intent, args: string | undefined): void {
  if (intent.arg_provenance?.length || !isPart(args)) {
    lines.add(canonicalize(encodeIntent({ ...intent, args: valueOf(intent.args, args) })));
    return;
  }
  if (args === undefined || args === "{}") lines.bytes(INTENT_PARTS.digest);
  else {
    lines.bytes(INTENT_PARTS.args);
    lines.text(args);
    lines.bytes(INTENT_PARTS.digestBehindArgs);
  }
  lines.quoted(intent.args_digest);
  lines.bytes(INTENT_PARTS.time(intent));
  lines.quoted(intent.intent_id);
  lines.bytes(INTENT_PARTS.head(intent));
  lines.quoted(intent.tool_name);
  lines.bytes(CLOSE);
  lines.end();
}

/** @param result the canonical text of the result itself; `undefined` to leave it out */
export function writeResult(lines: LineWriter, record: Result, result: string | undefined): void {
  if (!isPart(result)) {
    lines.add(canonicalize(encodeResult({ ...record, result: valueOf(record.result, result) })));
    return;
  }
  lines.bytes(RESULT_PARTS.time(record));
  lines.quoted(record.intent_id);
  lines.bytes(RESULT_PARTS.producer(record));
  if (result === undefined || result === "{}") lines.bytes(RESULT_PARTS.digest);
  else {
    lines.bytes(RESULT_PARTS.result);
    lines.text(result);
    lines.bytes(RESULT_PARTS.digestBehindResult);
  }
  lines.quoted(record.result_digest);
  lines.bytes(RESULT_PARTS.head(record));
  lines.quoted(record.status);
  lines.bytes(CLOSE);
  lines.end();
}

/** A payload may be as deep as a document, but not as a part of one, which canonicalize() refuses. */
const isPart = (payload: string | undefined) => payload === undefined || !hasManyBrackets(payload);

/** The payload of this text, which a record of a long log has alone; `null` to leave it out. */
function valueOf(held: JsonObject | null | undefined, text: string | undefined): JsonObject | null {
  return text === undefined ? null : held ?? JSON.parse(text);
}
