/// <reference lib="dom" />
import { escapeControls } from "../../../formats/controls.ts";

/** Attributes and listeners of an element. */
export interface Properties {
  readonly [attribute: string]: string | boolean | ((event: Event) => void);
}

/**
 * Create an element. Texts become text nodes, never markup, with control characters escaped, so that a pack can't
 * inject anything but text (docs/threat_model.md 44 and 46). The content security policy of the page forbids all
 * other ways.
 *
 * @param properties attributes, and functions for events by name; `false` leaves an attribute out
 */
export function element<N extends keyof HTMLElementTagNameMap>(
  name: N,
  properties: Properties,
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[N] {
  const made = document.createElement(name);
  for (const [attribute, value] of Object.entries(properties)) {
    if (typeof value === "function") made.addEventListener(attribute, value);
    else if (value === true) made.setAttribute(attribute, "");
    else if (value !== false) made.setAttribute(attribute, value);
  }
  made.append(...children.map((child) => typeof child === "string" ? escapeControls(child) : child));
  return made;
}

/** Longest text shown at once, in UTF-16 units. */
const MAX_SHOWN = 4000;

/** A value from the pack; a long one is truncated with a note. */
export function value(text: string, properties: Properties = {}): HTMLElement {
  const rest = text.length - MAX_SHOWN;
  const shown = rest > 0 ? text.slice(0, MAX_SHOWN) : text;
  return element(
    "bdi",
    properties,
    shown,
    ...(rest > 0 ? [element("em", {}, ` … and ${rest} more characters; save the pack to see them`)] : []),
  );
}

/** Names and values, one per row. */
export function factList(facts: readonly (readonly [string, string])[]): HTMLElement {
  return element(
    "dl",
    { class: "facts" },
    ...facts.flatMap(([name, text]) => [
      element("dt", {}, name),
      element("dd", { class: isCode(text) ? "code" : "" }, value(text)),
    ]),
  );
}

/** Digests, ids and JSON are set in a fixed width. */
function isCode(text: string): boolean {
  return /^[0-9a-f]{32,}$/i.test(text) || /^[[{]/.test(text);
}

/** A list that is rendered in steps on demand: a pack may contain 100,000 calls. */
export function growingList<T>(items: readonly T[], step: number, make: (item: T) => Node): HTMLElement {
  const list = element("ol", { class: "steps" });
  const more = element("button", { type: "button", class: "quiet" });
  let shown = 0;
  const grow = () => {
    list.append(...items.slice(shown, shown + step).map(make));
    shown = Math.min(items.length, shown + step);
    more.textContent = `Show ${Math.min(step, items.length - shown)} more of ${items.length}`;
    more.hidden = shown >= items.length;
  };
  more.addEventListener("click", grow);
  grow();
  return element("div", {}, list, more);
}
