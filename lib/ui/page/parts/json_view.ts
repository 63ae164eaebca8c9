import type { VNode } from "preact";
import { endOfString } from "../../../formats/json/structure.ts";
import { html } from "../html.ts";
import { safe, safeLines } from "./safe_text.ts";

/** Most tokens that get an element of their own; a longer text is plain. */
const MAX_TOKENS = 4_000;

/** A value as JSON, its names and values told apart. Scrolls, so it takes the focus. */
export function Json({ value, label }: { value: unknown; label: string }) {
  const text = JSON.stringify(value, null, 2) ?? "";
  const parts = partsOf(text);
  return html`<pre class="json" tabindex="0" aria-label=${label}>${parts ?? safeLines(text)}</pre>`;
}

/** A text of a file, as it is. */
export function Source({ text, label }: { text: string; label: string }) {
  return html`<pre class="json" tabindex="0" aria-label=${label}>${safeLines(text)}</pre>`;
}

function partsOf(text: string): (VNode | string)[] | undefined {
  const parts: (VNode | string)[] = [];
  for (const line of text.split("\n")) {
    if (parts.length > MAX_TOKENS) return undefined;
    const start = line.length - line.trimStart().length;
    const end = line[start] === '"' ? endOfString(line, start) + 1 : start;
    const isName = line.startsWith(": ", end);
    const from = isName ? end : start;
    const rest = line.slice(from);
    parts.push(line.slice(0, start));
    if (isName) parts.push(html`<span class="json-name">${safe(line.slice(start, end))}</span>`);
    parts.push(html`<span class=${kindOf(rest.replace(/^: /, ""))}>${safe(rest)}</span>`, "\n");
  }
  return parts;
}

function kindOf(value: string): string {
  if (value.startsWith('"')) return "json-text";
  return /^(?:-?\d|true|false|null)/.test(value) ? "json-value" : "";
}
