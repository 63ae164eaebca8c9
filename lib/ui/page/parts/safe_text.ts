import { escapeControls } from "../../../formats/controls.ts";
import type { VNode } from "preact";
import { html } from "../html.ts";

/** Longest text that is shown at once, in UTF-16 units. */
const MAX_SHOWN = 2_000;

/** A text from a file: what is invisible or turns the text around is written as a code (docs/threat_model.md 46). */
export function safe(text: unknown, limit = MAX_SHOWN): string {
  const whole = typeof text === "string" ? text : text === undefined || text === null ? "" : String(text);
  if (whole.length <= limit) return escapeControls(whole);
  const rest = whole.length - limit;
  return `${escapeControls(whole.slice(0, limit).toWellFormed())} … and ${rest} more characters`;
}

/** The same for a text of several lines. */
export function safeLines(text: string, limit = 50_000): string {
  const shown = text.length > limit
    ? `${text.slice(0, limit)}\n… and ${text.length - limit} more characters`
    : text;
  return shown.split("\n").map((line) => escapeControls(line)).join("\n");
}

/** Most places where a name may break. */
const MAX_BREAKS = 200;

/** A name or path that may break behind its separators, but not before an ending such as `.json`, in a narrow column. */
export function breakable(text: unknown, limit?: number): (string | VNode)[] {
  const parts = safe(text, limit).split(/(?<=[/_:-])|(?<=\.)(?=[^/._:-]{5})/, MAX_BREAKS + 1);
  return parts.length > MAX_BREAKS ? [safe(text, limit)] : parts.flatMap((part) => [part, html`<wbr />`]);
}

/** A text from a file, isolated so that its direction does not reach its neighbours. */
export function Data(
  { text, code = false, name = false }: { text: unknown; code?: boolean; name?: boolean },
) {
  return html`<bdi class=${code ? "code" : ""}>${name ? breakable(text) : safe(text)}</bdi>`;
}

/** A digest or id, shortened; the whole one is its title. */
export function Digest({ text }: { text: string }) {
  const shown = safe(text);
  return html`<span class="code digest" title=${shown}>${
    shown.length > 16 ? `${shown.slice(0, 12)}…` : shown
  }</span>`;
}
