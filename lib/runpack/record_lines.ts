import { utf8 } from "../formats/bytes.ts";
import { canonicalize, hasManyBrackets, type JsonObject } from "../formats/json/mod.ts";
import type { LineWriter } from "../formats/json/line_writer.ts";
import { encodeIntent, encodeResult, type Intent, type Result } from "../schema/runpack.ts";

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
  if (args === undefined || args === "{}") lines.bytes(OPEN_DIGEST);
  else {
    lines.bytes(OPEN_ARGS);
    lines.text(args);
    lines.bytes(THEN_DIGEST);
  }
  lines.quoted(intent.args_digest);
  lines.bytes(intentTime(intent));
  lines.quoted(intent.intent_id);
  lines.bytes(intentHead(intent));
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
  lines.bytes(resultTime(record));
  lines.quoted(record.intent_id);
  lines.bytes(resultProducer(record));
  if (result !== undefined && result !== "{}") {
    lines.bytes(RESULT);
    lines.text(result);
    lines.bytes(COMMA);
  }
  lines.bytes(RESULT_DIGEST);
  lines.quoted(record.result_digest);
  lines.bytes(resultHead(record));
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

/** The members of the head, which most records of a run have in common. */
type Head = Pick<Intent, "created_at" | "producer_version" | "run_id" | "schema_id" | "schema_version">;

/** Bytes made of the head of a record: those of the record before where its head says the same. */
function repeated(form: (head: Head) => string): (head: Head) => Uint8Array {
  let last: Head | undefined;
  let bytes = utf8("");
  return (head) => {
    if (
      last === undefined || head.created_at !== last.created_at || head.run_id !== last.run_id ||
      head.producer_version !== last.producer_version || head.schema_id !== last.schema_id ||
      head.schema_version !== last.schema_version
    ) {
      bytes = utf8(form(head));
      last = head;
    }
    return bytes;
  };
}

const restOf = (head: Head) =>
  `"run_id":${canonicalize(head.run_id)},"schema_id":${canonicalize(head.schema_id)},` +
  `"schema_version":${canonicalize(head.schema_version)}`;
const producerOf = (head: Head) => `"producer_version":${canonicalize(head.producer_version)}`;
const timeOf = (head: Head) => `"created_at":${canonicalize(head.created_at)},"intent_id":`;

const intentTime = repeated((head) => `,${timeOf(head)}`);
const intentHead = repeated((head) => `,${producerOf(head)},${restOf(head)},"tool_name":`);
const resultTime = repeated((head) => `{${timeOf(head)}`);
const resultProducer = repeated((head) => `,${producerOf(head)},`);
const resultHead = repeated((head) => `,${restOf(head)},"status":`);

const [OPEN_ARGS, THEN_DIGEST, OPEN_DIGEST] = ['{"args":', ',"args_digest":', '{"args_digest":'].map(
  utf8,
) as [Uint8Array, Uint8Array, Uint8Array];
const [RESULT, RESULT_DIGEST, COMMA, CLOSE] = ['"result":', '"result_digest":', ",", "}"].map(utf8) as [
  Uint8Array,
  Uint8Array,
  Uint8Array,
  Uint8Array,
];
