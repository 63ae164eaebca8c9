import { type Event, EVENT_ID, SCALAR_STYLE } from "js-yaml";
import { YamlError } from "./error.ts";
import type { YamlSource } from "./node.ts";

/** Line breaks of YAML 1.1 that are none in YAML 1.2: NEL and the Unicode separators. */
const SEPARATOR = /[\u0085\u2028\u2029]/g;

/**
 * Refuse line separators outside of quotes, including in comments and keys. Other readers end a comment there and
 * read the rest as a rule, and editors display it in different ways.
 *
 * @throws {YamlError} at the first one
 */
export function refuseLineSeparators(source: YamlSource, events: readonly Event[]): void {
  const { text } = source;
  if (text.search(SEPARATOR) < 0) return;
  const quoted = events.flatMap((event) =>
    event.type === EVENT_ID.SCALAR &&
      (event.style === SCALAR_STYLE.SINGLE_QUOTED || event.style === SCALAR_STYLE.DOUBLE_QUOTED)
      ? [event]
      : []
  );
  let next = 0;
  for (const { 0: separator, index } of text.matchAll(SEPARATOR)) {
    while (next < quoted.length && quoted[next]!.valueEnd <= index) next++;
    const scalar = quoted[next];
    if (scalar && index >= scalar.valueStart) continue;
    const code = separator.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0");
    throw new YamlError(source, index, `U+${code} ends a line for some readers of YAML and not for others`, {
      detail: "yaml_line_separator",
      hint: `Remove it, or write it as "\\u${code.toLowerCase()}" in double quotes`,
    });
  }
}
