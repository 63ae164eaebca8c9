import { utf8 } from "../../../formats/bytes.ts";
import type { Fault } from "../codec/fault.ts";
import { tooLong } from "../codec/message_lines.ts";
import { UnreadIds } from "../codec/unread_ids.ts";
import { type RefusedBatch, refuseUnread } from "../codec/unread_message.ts";

/** One event of a stream: its data, or what is left of data beyond the limit. */
export interface StreamEvent {
  readonly data: string | Fault | RefusedBatch;
  /** The last id that the stream named. */
  readonly id: string | undefined;
}

/**
 * Read server-sent events. It does not matter where the pieces are cut, and each is looked at once. Of an event that is
 * too large only the ids of its message are read, so that the stream goes on behind it.
 *
 * @param limit the most characters of one event
 */
export async function* readEvents(
  body: AsyncIterable<Uint8Array>,
  limit: number,
): AsyncGenerator<StreamEvent> {
  let data: string[] = [];
  let size = 0;
  let unread: UnreadIds | undefined;
  let id: string | undefined;
  let name = "";
  for await (const { text, isFirst, isLast } of linePartsOf(body, limit)) {
    if (text === "" && isFirst && isLast) {
      if (unread) yield { data: refuseUnread(unread, tooLong(limit)), id };
      else if (data.length > 0) yield { data: data.join("\n"), id };
      data = [];
      size = 0;
      unread = undefined;
      continue;
    }
    let value = text;
    if (isFirst) {
      const colon = text.indexOf(":");
      name = colon < 0 ? text : text.slice(0, colon);
      value = colon < 0 ? "" : text.slice(text[colon + 1] === " " ? colon + 2 : colon + 1);
    }
    if (name === "data") {
      size += value.length + 1;
      if (!unread && (!isLast || size > limit)) {
        unread = new UnreadIds();
        for (const held of data) unread.push(utf8(held + "\n"));
        data = [];
      }
      if (unread) unread.push(utf8(isLast ? value + "\n" : value));
      else data.push(value);
    } else if (name === "id" && isFirst && isLast && !value.includes("\0")) id = value;
  }
}

/** A line, or a part of one that is too long to be kept. */
interface LinePart {
  readonly text: string;
  readonly isFirst: boolean;
  readonly isLast: boolean;
}

/** Lines end with a line feed, a carriage return, or both. */
async function* linePartsOf(body: AsyncIterable<Uint8Array>, limit: number): AsyncGenerator<LinePart> {
  const decoder = new TextDecoder();
  let parts: string[] = [];
  let size = 0;
  let isFirst = true;
  let afterReturn = false;
  for await (const piece of body) {
    const text = decoder.decode(piece, { stream: true });
    let start = 0;
    for (let at = 0; at < text.length; at++) {
      const unit = text.charCodeAt(at);
      if (unit !== 0x0a && unit !== 0x0d) {
        afterReturn = false;
        continue;
      }
      if (unit === 0x0a && afterReturn) start = at + 1;
      else {
        parts.push(text.slice(start, at));
        yield { text: parts.join(""), isFirst, isLast: true };
        parts = [];
        size = 0;
        isFirst = true;
        start = at + 1;
      }
      afterReturn = unit === 0x0d;
    }
    size += text.length - start;
    parts.push(text.slice(start));
    if (size <= limit && isFirst) continue;
    yield { text: parts.join(""), isFirst, isLast: false };
    parts = [];
    size = 0;
    isFirst = false;
  }
}
