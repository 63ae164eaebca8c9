import { LineSplitter } from "../../../gate/stream/request.ts";
import { idOfUnread, type MessageId } from "./message.ts";
import { UnreadId } from "./unread_ids.ts";

/** A message of a stream with one message a line, or the mark that it is too long. */
export type MessageLine =
  | { readonly kind: "message"; readonly bytes: Uint8Array }
  /** The id is `null` where it can't be read without doubt. */
  | { readonly kind: "too_long"; readonly id: MessageId | null; readonly isAnswer: boolean };

/** Splits a stream into messages; empty lines are none. Of a line that is too long only its id is read. */
export class MessageLines {
  readonly #splitter: LineSplitter;
  #unread: UnreadId | undefined;

  constructor(maxBytes: number) {
    this.#splitter = new LineSplitter(maxBytes, (part) => (this.#unread ??= new UnreadId()).push(part));
  }

  /** The messages that a piece completes. */
  *push(piece: Uint8Array): Generator<MessageLine> {
    for (const line of this.#splitter.push(piece)) {
      if (line.kind === "too_long") {
        const unread = this.#unread ?? new UnreadId();
        this.#unread = undefined;
        const id = idOfUnread(unread);
        yield { kind: "too_long", id, isAnswer: id !== null && !unread.hasMethod };
      } else if (line.bytes.some((byte) => byte > 0x20)) yield { kind: "message", bytes: line.bytes };
    }
  }
}
