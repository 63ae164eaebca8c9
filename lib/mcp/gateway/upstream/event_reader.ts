import { GaitError } from "../../../errors/mod.ts";

/** One event of a stream. */
export interface StreamEvent {
  readonly data: string;
  /** The last id that the stream named. */
  readonly id: string | undefined;
}

/**
 * Read server-sent events. A line is decoded when it is whole, so it does not matter where the pieces are cut.
 *
 * @param limit the most characters of one event
 * @throws {GaitError} `network_permanent` for an event beyond it
 */
export async function* readEvents(
  body: AsyncIterable<Uint8Array>,
  limit: number,
): AsyncGenerator<StreamEvent> {
  const decoder = new TextDecoder();
  let rest = "";
  let data: string[] = [];
  let size = 0;
  let id: string | undefined;
  const tooLarge = () => new GaitError("network_permanent", `an event is larger than ${limit} bytes`);
  for await (const piece of body) {
    rest += decoder.decode(piece, { stream: true });
    const lines = rest.split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop()!;
    if (rest.length > limit) throw tooLarge();
    for (const line of lines) {
      if (line === "") {
        if (data.length > 0) yield { data: data.join("\n"), id };
        data = [];
        size = 0;
        continue;
      }
      const [, name = line, value = ""] = /^([^:]*):? ?([^]*)$/.exec(line) ?? [];
      if (name === "data") {
        size += value.length + 1;
        if (size > limit) throw tooLarge();
        data.push(value);
      } else if (name === "id" && !value.includes("\0")) id = value;
    }
  }
}
