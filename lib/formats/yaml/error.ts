import { type ErrorDetails, GaitError } from "../../errors/mod.ts";
import type { YamlSource } from "./node.ts";

/** A position in a text; line and column are numbered from 1, columns count UTF-16 units. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** A mistake in a YAML text, with its position: `invalid_input`. */
export class YamlError extends GaitError {
  readonly place: Place;

  constructor(source: YamlSource, at: number, message: string, details?: ErrorDetails) {
    const place = placeOf(source.text, at);
    super("invalid_input", `${message} (${source.name}:${place.line}:${place.column})`, details);
    this.place = place;
  }
}

/** Line and column of an offset. */
export function placeOf(text: string, at: number): Place {
  let line = 1;
  let start = 0;
  for (let i = 0; i < at && i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit !== 0x0a && (unit !== 0x0d || text.charCodeAt(i + 1) === 0x0a)) continue;
    line++;
    start = i + 1;
  }
  return { line, column: at - start + 1 };
}
