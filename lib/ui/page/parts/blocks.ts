import type { ComponentChildren } from "preact";
import { html } from "../html.ts";
import type { Query } from "../session/use_query.ts";
import { safe } from "./safe_text.ts";
import type { Answer } from "../session/answer.ts";

/** The head of a view. It takes the focus when the view opens. */
export function Head(
  { title, lead, children }: { title: string; lead: string; children?: ComponentChildren },
) {
  return html`<header class="head"><div><h1 tabindex="-1" id="title">${title}</h1><p class="lead">${lead}</p></div>
    ${children && html`<div class="actions">${children}</div>`}</header>`;
}

/** A panel with a heading. */
export function Panel(
  { title, aside, class: name = "", children }: {
    title?: string;
    aside?: ComponentChildren;
    class?: string;
    children: ComponentChildren;
  },
) {
  return html`<section class=${`panel ${name}`}>
    ${(title || aside) && html`<div class="panel-head">${title && html`<h2>${title}</h2>`}${aside}</div>`}
    ${children}</section>`;
}

/** What stands where there is nothing to show, and how to change that. */
export function Empty({ title, children }: { title: string; children?: ComponentChildren }) {
  return html`
    <div class="empty">
      <svg viewBox="0 0 48 32" width="60" height="40" aria-hidden="true">
        <rect x="1" y="5" width="46" height="26" rx="4" />
        <path d="M1 13h46M9 20h14M9 25h22" />
      </svg>
      <p class="empty-title">${title}</p>
      <div class="dim">${children}</div>
    </div>
  `;
}

/** Why something could not be had. */
export function Failure({ error, retry }: { error: Error & { hint?: string }; retry?: () => void }) {
  return html`<div class="failure" role="alert"><div><p><b>${safe(error.message)}</b></p>
    ${error.hint && html`<p>${safe(error.hint)}</p>`}</div>
    ${retry && html`<button type="button" class="quiet" onClick=${retry}>Try again</button>`}</div>`;
}

/** The answer of a query, or why it is not there. */
export function Loaded(
  { query, children }: {
    query: Query;
    children: (data: Answer) => ComponentChildren;
  },
) {
  if (query.error) return html`<${Failure} error=${query.error} retry=${query.reload} />`;
  if (query.data === undefined) return html`<div class="loading" role="status">Loading…</div>`;
  return html`${children(query.data)}`;
}

/** Names and values. Rows without a value are left out. */
export function Facts({ rows }: { rows: readonly (readonly [string, ComponentChildren])[] }) {
  const filled = rows.filter(([, value]) =>
    value !== undefined && value !== "" && value !== null && value !== false
  );
  return html`<dl class="facts">${
    filled.map(([name, value]) =>
      html`
        <div key=${name}>
          <dt>${name}</dt>
          <dd>${value}</dd>
        </div>
      `
    )
  }</dl>`;
}

/** A command that does the same. Where it is longer than a line it breaks between options, not after their hyphens. */
export function Command({ text }: { text: string }) {
  const [command, ...options] = safe(text).split(/ (?=--)/);
  const spans = options.flatMap((option) => [" ", html`<span class="option">${option}</span>`]);
  return html`<code class="command">${command}${spans}</code>`;
}

/** A field with its label. */
export function Field({ label, class: name = "", children }: {
  label: string;
  class?: string;
  children: ComponentChildren;
}) {
  return html`<label class=${`field ${name}`}><span>${label}</span>${children}</label>`;
}
