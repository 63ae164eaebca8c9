import type { LineWriter } from "../formats/json/line_writer.ts";
import type { LineParts } from "./line_parts.ts";

/** The canonical form of a record without a digest, and where parts of it stand, each with its quotes or brackets. */
export class RecordForm implements LineParts {
  readonly bytes: Uint8Array;
  size = 0;
  /** The digest of the payload. */
  sha256 = "";
  payloadAt = 0;
  payloadEnd = 0;
  idAt = 0;
  idEnd = 0;
  wordAt = 0;
  wordEnd = 0;

  /** @param room the most bytes of a form */
  constructor(room: number) {
    this.bytes = new Uint8Array(room);
  }

  get hasPayload(): boolean {
    return this.payloadEnd - this.payloadAt > "{}".length;
  }

  payload(lines: LineWriter): void {
    lines.part(this.bytes, this.payloadAt, this.payloadEnd);
  }

  digest(lines: LineWriter): void {
    lines.quoted(this.sha256);
  }

  id(lines: LineWriter): void {
    lines.part(this.bytes, this.idAt, this.idEnd);
  }

  word(lines: LineWriter): void {
    lines.part(this.bytes, this.wordAt, this.wordEnd);
  }
}
