import { canonicalize, hasManyBrackets, type JsonObject } from "../formats/json/mod.ts";
import { encodeIntent, encodeResult, type Intent, type Result } from "../schema/runpack.ts";

/*
 * The canonical lines of records whose payload is written out already, for its digest: writing it once more would
 * double the work of a run with a hundred thousand calls.
 *
 * INVARIANT: a line is canonicalize(encodeIntent(…)) or canonicalize(encodeResult(…)).
 */

/** @param args the canonical text of its arguments; `undefined` to leave them out */
export function intentLine(intent: Intent, args: string | undefined): string {
  if (intent.arg_provenance?.length || !isPart(args)) {
    return canonicalize(encodeIntent({ ...intent, args: valueOf(intent.args, args) }));
  }
  return `{${args === undefined || args === "{}" ? "" : `"args":${args},`}"args_digest":${
    quoted(intent.args_digest)
  },` +
    `"created_at":${again.created_at(intent.created_at)},"intent_id":${quoted(intent.intent_id)},` +
    `"producer_version":${again.producer_version(intent.producer_version)},"run_id":${
      again.run_id(intent.run_id)
    },` +
    `"schema_id":${again.schema_id(intent.schema_id)},"schema_version":${
      again.schema_version(intent.schema_version)
    },` +
    `"tool_name":${again.tool_name(intent.tool_name)}}`;
}

/** @param result the canonical text of the result itself; `undefined` to leave it out */
export function resultLine(record: Result, result: string | undefined): string {
  if (!isPart(result)) {
    return canonicalize(encodeResult({ ...record, result: valueOf(record.result, result) }));
  }
  return `{"created_at":${again.created_at(record.created_at)},"intent_id":${quoted(record.intent_id)},` +
    `"producer_version":${again.producer_version(record.producer_version)},` +
    `${result === undefined || result === "{}" ? "" : `"result":${result},`}` +
    `"result_digest":${quoted(record.result_digest)},"run_id":${again.run_id(record.run_id)},` +
    `"schema_id":${again.schema_id(record.schema_id)},"schema_version":${
      again.schema_version(record.schema_version)
    },` +
    `"status":${again.status(record.status)}}`;
}

/** A payload may be as deep as a document, but not as a part of one, which canonicalize() refuses. */
const isPart = (payload: string | undefined) => payload === undefined || !hasManyBrackets(payload);

/** The payload of this text, which a record of a long log has alone; `null` to leave it out. */
function valueOf(held: JsonObject | null | undefined, text: string | undefined): JsonObject | null {
  return text === undefined ? null : held ?? JSON.parse(text);
}

const quoted = (text: string) => canonicalize(text);

/** Quotes a text that is mostly the one before. */
function quoting(): (text: string) => string {
  let [last, form] = ["", '""'];
  return (text) => text === last ? form : (form = quoted(text), last = text, form);
}

/** Members that most records of a run have in common. */
const again = {
  created_at: quoting(),
  producer_version: quoting(),
  run_id: quoting(),
  schema_id: quoting(),
  schema_version: quoting(),
  tool_name: quoting(),
  status: quoting(),
};
