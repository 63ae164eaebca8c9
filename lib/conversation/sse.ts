import type { JsonLine } from "../formats/json/mod.ts";
import { invalidInput } from "../errors/mod.ts";

/** Most bytes of one event. */
const MAX_EVENT = 10 * 1024 * 1024;

/**
 * The data of server-sent events: what an API streams, as a proxy or `curl` writes it down. `[DONE]` ends a stream
 * and is no data; names and ids of events are not needed, because the data of every API that is read tell their type.
 *
 * @param read reads the data of an event as JSON
 * @returns `undefined` if the text is no stream of events
 * @throws {GaitError} `invalid_input` if a line is no part of one, or what `read` throws
 */
export function readEvents(
  text: string,
  what: string,
  read: (data: string, what: string) => JsonLine["value"],
): JsonLine[] | undefined {
  if (!isEventStream(text)) return undefined;
  const events: JsonLine[] = [];
  let data: string[] = [];
  let size = 0;
  let first = 0;
  const end = () => {
    const whole = data.join("\n");
    data = [];
    size = 0;
    const isNothing = whole.trim() === "" || whole.trim() === "[DONE]";
    if (!isNothing) events.push({ value: read(whole, `line ${first} of ${what}`), line: first });
  };
  text.replace(/^\uFEFF/, "").split(/\r\n|\n|\r/).forEach((line, i) => {
    if (line === "") return end();
    const colon = line.indexOf(":");
    const field = colon < 0 ? line : line.slice(0, colon);
    if (field === "data") {
      const part = line.slice(colon < 0 ? line.length : colon + 1).replace(/^ /, "");
      if (data.length === 0) first = i + 1;
      // Some loggers leave out the empty line between events; each of their lines is a document then.
      else if (part.startsWith("{") && data.at(-1)!.trimEnd().endsWith("}")) {
        end();
        first = i + 1;
      }
      size += part.length;
      if (size > MAX_EVENT) {
        throw invalidInput(`Cannot read ${what}: the event of line ${first} is too large`);
      }
      data.push(part);
    } else if (!FIELDS.has(field)) {
      throw invalidInput(`Cannot read ${what}: line ${i + 1} is no part of a stream of events`);
    }
  });
  end();
  return events;
}

/** Whether a text begins as a stream of events does. */
export function isEventStream(text: string): boolean {
  return /^\uFEFF?[\r\n]{0,8}(?:data|event|id|retry)?:/.test(text);
}

/** Other fields; a line that begins with a colon is a comment. */
const FIELDS = new Set(["", "event", "id", "retry"]);
