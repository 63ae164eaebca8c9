/// <reference lib="dom" />
import { useEffect, useRef } from "preact/hooks";
import { html } from "../html.ts";
import { Facts, Loaded } from "../parts/blocks.ts";
import { Json } from "../parts/json_view.ts";
import { Data, Digest, safe } from "../parts/safe_text.ts";
import { Time } from "../parts/time_text.ts";
import { Badge } from "../parts/verdict_badge.ts";
import { useQuery } from "../session/use_query.ts";
import { Chain } from "./chain.ts";
import { Explanation } from "./explanation.ts";
import type { Row } from "./trace_row.ts";
import type { Answer } from "../session/answer.ts";

/** One decision: its chain, what decided it, its signature and its record. */
export function TraceDetail(
  { path, close, openOther }: { path: string; close: () => void; openOther: (path: string) => void },
) {
  const query = useQuery("trace", { path }, ["traces"]);
  const box = useRef<HTMLElement>(null);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key === "Escape") close();
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, [path]);
  return html`
    <section class="panel detail" aria-label="Decision" ref=${box}>
      <div class="panel-head"><h2>Decision</h2>
          <button type="button" class="quiet small" onClick=${close}>Close<kbd aria-hidden="true">Esc</kbd></button></div>
      <${Loaded} query=${query}>${(data: Answer) =>
        html`<${Detail} data=${data} openOther=${openOther} />`}</${Loaded}>
      </section>
  `;
}

function Detail({ data, openOther }: { data: Answer; openOther: (path: string) => void }) {
  const { row, record, signature, call } = data;
  if (row.error !== undefined) {
    return html`
      <div class="failure" role="alert">
        <div>
          <p><b>This file is no trace</b></p>
          <p>${safe(row.error)}</p>
          <p class="dim">
            <${Data} text=${row.path} code />
          </p>
        </div>
      </div>
    `;
  }
  return html`
    <div class="verdict-line">
      <${Badge} word=${row.verdict} />
      <h3>
        <${Data} text=${row.tool} />
      </h3>
    </div>
        <${Chain} data=${data} />
        <${Explanation} data=${data} />
        <h3>Facts</h3>
        <${Facts} rows=${[
          ["Caller", row.caller && html`<${Data} text=${row.caller} />`],
          ["Observed", html`<${Time} text=${record.observed_at ?? row.time} />`],
          ["Signature", html`<${SignatureLine} signature=${signature} />`],
          ["Violations", row.reasons.length > 0 && html`<${Data} text=${row.reasons.join(", ")} />`],
          ["Latency", record.latency_ms !== undefined && `${record.latency_ms} ms`],
          ["Intent", html`<${Digest} text=${row.intent} />`],
          [
            "Policy",
            html`<${Digest} text=${row.policy} /> ${
              data.policy_path && html`<${Data} text=${data.policy_path} />`
            }`,
          ],
          ["Trace id", html`<${Data} text=${row.id} code />`],
          ["File", html`<${Data} text=${row.path} code />`],
        ]} />
        ${data.same_call.length > 0 && html`
          <h3>Same call, decided at other times</h3>
          <ul class="plain">${data.same_call.map((other: Row) =>
            html`<li key=${other.path}><button type="button" class="link" onClick=${() =>
              openOther(other.path)}>
          <${Badge} word=${other.verdict} /> <${Time} text=${other.time} /></button></li>`
          )}</ul>
        `}
        ${call && html`
          <details>
            <summary>The call, as it was digested</summary>
            <${Json} value=${call} label="The call" />
          </details>
        `}
        ${data.approval && html`
          <details>
            <summary>Who approved</summary>
            <${Json} value=${data.approval} label="Approvals" />
          </details>
        `}
        ${data.credential &&
          html`
            <details>
              <summary>Credential of the broker</summary>
              <${Json} value=${data.credential} label="Credential" />
            </details>
          `}
        <details>
      <summary>The signed record</summary>
      <${Json} value=${record} label="The signed record" />
    </details>
  `;
}

const SIGNATURES: Readonly<Record<string, string>> = {
  verified: "by a key that this folder trusts",
  unknown_key: "signed by a key that this folder does not trust",
  unchecked: "no key is trusted here",
};

function SignatureLine({ signature }: { signature: { status: string; error?: string; key_id?: string } }) {
  return html`<${Badge} word=${signature.status} /> <span class="dim">${
    safe(SIGNATURES[signature.status] ?? signature.error)
  }</span>`;
}
