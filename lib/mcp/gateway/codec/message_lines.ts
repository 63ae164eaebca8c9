import { LineSplitter } from "../../../gate/stream/request.ts";
import type { Fault } from "./fault.ts";
import { UnreadIds } from "./unread_ids.ts";
import { type RefusedBatch, refuseUnread } from "./unread_message.ts";

/** A message of a stream with one message a line, or the refusal of a line that is too long. */
export type MessageLine =
  | { readonly kind: "message"; readonly bytes: Uint8Array }
  | { readonly kind: "too_long"; readonly refused: Fault | RefusedBatch };

/** Splits a stream into messages; empty lines are none. Of a line that is too long only its ids are read. */
export class MessageLines {
  readonly #splitter: LineSplitter;
  #unread: UnreadIds | undefined;

  constructor(readonly maxBytes: number) {
    this.#splitter = new LineSplitter(maxBytes, (part) => (this.#unread ??= new UnreadIds()).push(part));
  }

  /** The messages that a piece completes. */
  *push(piece: Uint8Array): Generator<MessageLine> {
    for (const line of this.#splitter.push(piece)) {
      if (line.kind === "too_long") {
        const unread = this.#unread ?? new UnreadIds();
        this.#unread = undefined;
        yield { kind: "too_long", refused: refuseUnread(unread, tooLong(this.maxBytes)) };
      } else if (line.bytes.some((byte) => byte > 0x20)) yield { kind: "message", bytes: line.bytes };
    }
  }
}

/** Why a message beyond the limit is refused. */
export function tooLong(maxBytes: number): string {
  return `the message is longer than ${maxBytes} bytes`;
}
