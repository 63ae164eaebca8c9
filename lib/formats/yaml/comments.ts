import { type Event, EVENT_ID } from "js-yaml";
import { lineEndOf, lineStartOf } from "./line_start.ts";
import type { YamlSource } from "./node.ts";
import { readEvents } from "./parse.ts";

/** A comment in a YAML text. */
export interface FoundComment {
  /** Includes the `#`. */
  readonly text: string;
  readonly at: number;
  /** Whether it is alone on its line. */
  readonly ownLine: boolean;
}

/** The comments of the first document, in order: every `#` after white space and outside of scalars. */
export function findComments(source: YamlSource): FoundComment[] {
  const { text } = source;
  const events = readEvents(source);
  const scalars = scalarRanges(events);
  const end = endOfFirstDocument(events, text);
  const found: FoundComment[] = [];
  let next = 0;
  for (let at = 0; at < end; at++) {
    while (next < scalars.length && scalars[next]!.end <= at) next++;
    const scalar = scalars[next];
    if (scalar && at >= scalar.start) {
      at = scalar.end - 1;
      continue;
    }
    if (text[at] !== "#" || (at > 0 && !/\s/.test(text[at - 1]!))) continue;
    const stop = lineEndOf(text, at);
    const ownLine = text.slice(lineStartOf(text, at), at).trim() === "";
    found.push({ text: text.slice(at, stop).trimEnd(), at, ownLine });
    at = stop;
  }
  return found;
}

function scalarRanges(events: readonly Event[]): { readonly start: number; readonly end: number }[] {
  return events.flatMap((event) =>
    event.type === EVENT_ID.SCALAR && event.valueEnd > event.valueStart
      ? [{ start: event.valueStart, end: event.valueEnd }]
      : []
  );
}

/** The offset of the second document, by its first node. */
function endOfFirstDocument(events: readonly Event[], text: string): number {
  const second = events.findIndex((event, i) => i > 0 && event.type === EVENT_ID.DOCUMENT);
  if (second < 0) return text.length;
  const marker = /^(?:---|\.\.\.)(?=\s|$)/gm;
  const starts = [...text.matchAll(marker)].map((match) => match.index);
  const first = firstOffset(events);
  return starts.find((start) => start > first) ?? text.length;
}

function firstOffset(events: readonly Event[]): number {
  for (const event of events) {
    if (event.type === EVENT_ID.MAPPING || event.type === EVENT_ID.SEQUENCE) return event.start;
    if (event.type === EVENT_ID.SCALAR) return event.valueStart;
  }
  return 0;
}
