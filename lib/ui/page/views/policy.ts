/// <reference lib="dom" />
import { useEffect, useState } from "preact/hooks";
import { html } from "../html.ts";
import { Command, Empty, Failure, Field, Head, Loaded, Panel } from "../parts/blocks.ts";
import { Data, Digest, safe } from "../parts/safe_text.ts";
import { Badge } from "../parts/verdict_badge.ts";
import type { Route } from "../route.ts";
import { ask } from "../session/api.ts";
import { useQuery } from "../session/use_query.ts";
import { Coverage } from "./policy_coverage.ts";
import { Editor, type Mark } from "./policy_editor.ts";
import { TryIntent } from "./policy_try.ts";
import { WhatIf } from "./policy_what_if.ts";
import type { Answer } from "../session/answer.ts";

/** Milliseconds after a key before a text is checked. */
const DELAY = 250;

/** Policy: an editor with checks as one types; an intent to try; what a change would have meant. */
export function Policy({ route }: { route: Route }) {
  const path = route.params.get("path") ?? "";
  const query = useQuery("policy", { path }, ["policies"]);
  return html`
    <${Head} title="Policy"
      lead="What an agent may do. Texts are checked as you type; nothing is in force until it is saved." />
    <${Loaded} query=${query}>${(data: Answer) =>
      data.path === undefined
        ? html`
          <${Panel}>
            <${Empty} title="No policy here">
              <p>Write a first one with</p>
              <${Command} text="gait policy init baseline-highrisk" />
              </${Empty}>
              </${Panel}>
        `
        : html`<${Workbench} key=${data.path} data=${data} route=${route} />`}</${Loaded}>
  `;
}

function Workbench({ data, route }: { data: Answer; route: Route }) {
  const [text, setText] = useState<string>(data.text);
  const [saved, setSaved] = useState<string>(data.text);
  const [checked, setChecked] = useState(text);
  const [at, setAt] = useState<Mark | undefined>();
  useEffect(() => {
    // The file was saved by somebody else. What was edited here stays; saving it is refused then.
    if (data.text === saved || text !== saved) return;
    setText(data.text);
    setSaved(data.text);
  }, [data.text]);
  useEffect(() => {
    const timer = setTimeout(() => setChecked(text), DELAY);
    return () => clearTimeout(timer);
  }, [text]);
  const check = useQuery("policy/check", { text: checked }, ["traces", "policies"]);
  const marks: Mark[] = check.data === undefined
    ? []
    : check.data.valid
    ? check.data.findings
    : check.data.mistakes;
  const edited = text !== saved;
  // Of the text as it stands: what was found of the one before it says nothing of this one.
  const current = text === checked ? check.data : undefined;
  return html`
    <div class="toolbar">
      <${Field}
        label="File"><select id="policy-file" value=${data.path} onChange=${(event: Event) =>
          route.go("policy", { path: (event.currentTarget as HTMLSelectElement).value })}>${data.policies.map(
            (known: Answer) =>
              html`<option key=${known.path} value=${known.path}>${safe(known.path, 120)}${
                known.valid ? "" : " (not valid)"
              }</option>`,
          )}</select></${Field}>
        <${CheckLine} data=${current} edited=${edited} />
        <${Save} data=${data} text=${text} was=${saved} edited=${edited} valid=${current?.valid === true}
          onSaved=${() => setSaved(text)} onReset=${() => setText(saved)} /></div>
      <div class="policy-grid">
        <div class="stack"><${Panel} class="flush"><${Editor} text=${text} onChange=${setText} marks=${marks} at=${at} /></${Panel}>
          <${Panel} title="Findings">${check.error
            ? html`<${Failure} error=${check.error} retry=${check.reload} />`
            : html`<${Findings} check=${check.data} onGo=${(mark: Mark) => setAt({ ...mark })} />`}</${Panel}>
          <${WhatIf} path=${data
            .path} text=${checked} edited=${edited} valid=${check.data?.valid === true} /></div>
        <div class="stack">
          <${TryIntent} intents=${data.intents} policy=${checked} valid=${check.data?.valid === true} />
          <${Coverage} check=${check.data} />
        </div></div>
  `;
}

function CheckLine({ data, edited }: { data: Answer; edited: boolean }) {
  const unsaved = edited && html`<${Badge} word="changed" text="not saved" />`;
  if (data === undefined) return html`<p class="check-line dim" role="status">Checking… ${unsaved}</p>`;
  const state = data.valid
    ? html`<${Badge} word="pass" text="valid" />`
    : html`<${Badge} word="fail" text="not valid" />`;
  return html`<p class="check-line" role="status">${state} ${
    data.valid && html`<span class="dim">digest ${" "}<${Digest} text=${data.digest} /></span>`
  } ${unsaved}</p>`;
}

function Save({ data, text, was, edited, valid, onSaved, onReset }: {
  data: Answer;
  text: string;
  was: string;
  edited: boolean;
  valid: boolean;
  onSaved: () => void;
  onReset: () => void;
}) {
  const [error, setError] = useState<Error | undefined>();
  const save = async () => {
    setError(undefined);
    try {
      await ask("policy/save", { path: data.path, text, was });
      onSaved();
    } catch (failed) {
      setError(failed as Error);
    }
  };
  return html`
    <div
      class="actions"><button type="button" class="quiet" disabled=${!edited} onClick=${onReset}>Undo all</button>
        ${data.read_only
          ? html`<span class="dim small-text">Read-only: start with <code>--read-only=false</code> to save</span>`
          : html`<button type="button" disabled=${
            !edited || !valid
          } onClick=${save}>Save</button>`}</div>${error && html`<${Failure} error=${error} />`}
  `;
}

function Findings({ check, onGo }: { check: Answer; onGo: (mark: Mark) => void }) {
  if (check === undefined) return html`<div class="loading">Checking…</div>`;
  const found: Answer[] = check.valid ? check.findings : check.mistakes;
  if (found.length === 0) {
    return html`
      <p
        class="good-line"><${Badge} word="pass" text="nothing found" /> No mistake, and nothing that surprises.</p>
    `;
  }
  return html`<ul class="findings">${
    found.map((one, i) =>
      html`<li key=${i}><button type="button" class="finding" onClick=${() => onGo({ ...one })}>
        <span class="finding-head"><${Badge} word=${one.level ?? "error"} />${
        one.line !== undefined && html`<span class="code">${one.line}:${one.column}</span>`
      }<span class="dim">${safe(one.rule_id)}</span></span>
        <span><${Data} text=${one.message} /></span>${
        one.hint && html`<span class="dim"><${Data} text=${one.hint} /></span>`
      }
      </button></li>`
    )
  }</ul>`;
}
