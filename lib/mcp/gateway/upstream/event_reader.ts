import { GaitError } from "../../../errors/mod.ts";

/** One event of a stream. */
export interface StreamEvent {
  readonly data: string;
  /** The last id that the stream named. */
  readonly id: string | undefined;
}

/**
 * Read server-sent events. It does not matter where the pieces are cut, and each is looked at once.
 *
 * @param limit the most characters of one event
 * @throws {GaitError} `network_permanent` for an event beyond it
 */
export async function* readEvents(
  body: AsyncIterable<Uint8Array>,
  limit: number,
): AsyncGenerator<StreamEvent> {
  let data: string[] = [];
  let size = 0;
  let id: string | undefined;
  for await (const line of linesOf(body, limit)) {
    if (line === "") {
      if (data.length > 0) yield { data: data.join("\n"), id };
      data = [];
      size = 0;
      continue;
    }
    const colon = line.indexOf(":");
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(line[colon + 1] === " " ? colon + 2 : colon + 1);
    if (name === "data") {
      size += value.length + 1;
      if (size > limit) throw tooLarge(limit);
      data.push(value);
    } else if (name === "id" && !value.includes("\0")) id = value;
  }
}

/** Lines end with a line feed, a carriage return, or both. */
async function* linesOf(body: AsyncIterable<Uint8Array>, limit: number): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let parts: string[] = [];
  let size = 0;
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
        yield parts.join("");
        parts = [];
        size = 0;
        start = at + 1;
      }
      afterReturn = unit === 0x0d;
    }
    size += text.length - start;
    if (size > limit) throw tooLarge(limit);
    parts.push(text.slice(start));
  }
}

function tooLarge(limit: number): GaitError {
  return new GaitError("network_permanent", `an event is larger than ${limit} characters`);
}
