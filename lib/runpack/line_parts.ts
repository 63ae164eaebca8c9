import { utf8 } from "../formats/bytes.ts";
import { canonicalize } from "../formats/json/mod.ts";
import type { LineWriter } from "../formats/json/line_writer.ts";
import type { Head } from "./record_head.ts";

/*
 * The canonical lines of records, made of what is the same from one to the next and what is not. As members of objects
 * they would be sorted and written again for each of a hundred thousand calls.
 *
 * INVARIANT: a line is canonicalize(encodeIntent(…)) or canonicalize(encodeResult(…)).
 */

/** What differs from one record to the next, each part as it stands in the line. */
export interface LineParts {
  /** Whether there is a payload; one without members is left out. */
  readonly hasPayload: boolean;
  payload(lines: LineWriter): void;
  digest(lines: LineWriter): void;
  id(lines: LineWriter): void;
  /** The name of the tool, or the status. */
  word(lines: LineWriter): void;
}

/** Writes the line of a record. */
export type WriteLine = (lines: LineWriter, head: Head, parts: LineParts) => void;

export const writeIntentLine: WriteLine = (lines, head, parts) => {
  if (parts.hasPayload) {
    lines.bytes(INTENT.args);
    parts.payload(lines);
    lines.bytes(INTENT.digestBehindArgs);
  } else lines.bytes(INTENT.digest);
  parts.digest(lines);
  lines.bytes(INTENT.time(head));
  parts.id(lines);
  lines.bytes(INTENT.head(head));
  parts.word(lines);
  lines.bytes(CLOSE);
  lines.end();
};

export const writeResultLine: WriteLine = (lines, head, parts) => {
  lines.bytes(RESULT.time(head));
  parts.id(lines);
  lines.bytes(RESULT.producer(head));
  if (parts.hasPayload) {
    lines.bytes(RESULT.result);
    parts.payload(lines);
    lines.bytes(RESULT.digestBehindResult);
  } else lines.bytes(RESULT.digest);
  parts.digest(lines);
  lines.bytes(RESULT.head(head));
  parts.word(lines);
  lines.bytes(CLOSE);
  lines.end();
};

/** Bytes made of the head of a record: those of the record before where its head says the same. */
function repeated(form: (head: Head) => string): (head: Head) => Uint8Array {
  let last: Head | undefined;
  let bytes = utf8("");
  return (head) => {
    if (last !== head && (last === undefined || !isSame(last, head))) bytes = utf8(form(head));
    last = head;
    return bytes;
  };
}

function isSame(left: Head, right: Head): boolean {
  return left.created_at === right.created_at && left.run_id === right.run_id &&
    left.producer_version === right.producer_version && left.schema_id === right.schema_id &&
    left.schema_version === right.schema_version;
}

const restOf = (head: Head) =>
  `"run_id":${canonicalize(head.run_id)},"schema_id":${canonicalize(head.schema_id)},` +
  `"schema_version":${canonicalize(head.schema_version)}`;
const producerOf = (head: Head) => `"producer_version":${canonicalize(head.producer_version)}`;
const timeOf = (head: Head) => `"created_at":${canonicalize(head.created_at)},"intent_id":`;

/** Around the digest, the id and the name of the tool. */
const INTENT = {
  args: utf8(`{"args":`),
  digestBehindArgs: utf8(`,"args_digest":`),
  digest: utf8(`{"args_digest":`),
  time: repeated((head) => `,${timeOf(head)}`),
  head: repeated((head) => `,${producerOf(head)},${restOf(head)},"tool_name":`),
};

/** Around the id, the result, its digest and the status. */
const RESULT = {
  time: repeated((head) => `{${timeOf(head)}`),
  producer: repeated((head) => `,${producerOf(head)},`),
  result: utf8(`"result":`),
  digestBehindResult: utf8(`,"result_digest":`),
  digest: utf8(`"result_digest":`),
  head: repeated((head) => `,${restOf(head)},"status":`),
};

const CLOSE = utf8("}");
