import { escapeControls } from "../../../formats/controls.ts";
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

/** A text from a file, isolated so that its direction does not reach its neighbours. */
export function Data({ text, code = false, title }: { text: unknown; code?: boolean; title?: boolean }) {
  const shown = safe(text);
  return html`<bdi class=${code ? "code" : ""} title=${title ? shown : undefined}>${shown}</bdi>`;
}

/** A digest or id, shortened; the whole one is its title. */
export function Digest({ text }: { text: string }) {
  const shown = safe(text);
  return html`<span class="code digest" title=${shown}>${
    shown.length > 16 ? `${shown.slice(0, 12)}…` : shown
  }</span>`;
}
