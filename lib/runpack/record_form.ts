import type { LineWriter } from "../formats/json/line_writer.ts";
import { CLOSE, INTENT_PARTS, RESULT_PARTS } from "./line_parts.ts";
import type { Head } from "./record_head.ts";

/** The canonical form of a record without a digest, and where parts of it stand, each with its quotes or brackets. */
export interface RecordForm {
  readonly bytes: Uint8Array;
  size: number;
  payload: number;
  payloadEnd: number;
  id: number;
  idEnd: number;
  /** The name of the tool, or the status. */
  word: number;
  wordEnd: number;
}

/*
 * INVARIANT: a line is that of record_lines.ts for the values of these texts.
 */

export function writeIntentForm(lines: LineWriter, head: Head, digest: string, form: RecordForm): void {
  if (isEmpty(form)) lines.bytes(INTENT_PARTS.digest);
  else {
    lines.bytes(INTENT_PARTS.args);
    lines.part(form.bytes, form.payload, form.payloadEnd);
    lines.bytes(INTENT_PARTS.digestBehindArgs);
  }
  lines.quoted(digest);
  lines.bytes(INTENT_PARTS.time(head));
  lines.part(form.bytes, form.id, form.idEnd);
  lines.bytes(INTENT_PARTS.head(head));
  lines.part(form.bytes, form.word, form.wordEnd);
  lines.bytes(CLOSE);
  lines.end();
}

export function writeResultForm(lines: LineWriter, head: Head, digest: string, form: RecordForm): void {
  lines.bytes(RESULT_PARTS.time(head));
  lines.part(form.bytes, form.id, form.idEnd);
  lines.bytes(RESULT_PARTS.producer(head));
  if (isEmpty(form)) lines.bytes(RESULT_PARTS.digest);
  else {
    lines.bytes(RESULT_PARTS.result);
    lines.part(form.bytes, form.payload, form.payloadEnd);
    lines.bytes(RESULT_PARTS.digestBehindResult);
  }
  lines.quoted(digest);
  lines.bytes(RESULT_PARTS.head(head));
  lines.part(form.bytes, form.word, form.wordEnd);
  lines.bytes(CLOSE);
  lines.end();
}

/** Whether the payload is an object without members. */
const isEmpty = ({ payload, payloadEnd }: RecordForm) => payloadEnd - payload === 2;
