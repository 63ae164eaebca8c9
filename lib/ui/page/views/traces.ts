/// <reference lib="dom" />
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { html } from "../html.ts";
import { Command, Empty, Failure, Field, Head } from "../parts/blocks.ts";
import { Data, safe } from "../parts/safe_text.ts";
import { Time } from "../parts/time_text.ts";
import { Badge, labelOf, Shape } from "../parts/verdict_badge.ts";
import { VirtualList } from "../parts/virtual_list.ts";
import type { Route } from "../route.ts";
import { TraceDetail } from "./trace_detail.ts";
import type { Row } from "./trace_row.ts";
import { type Found, useTraces } from "./use_traces.ts";

/** Milliseconds after a key before the search begins. */
const DELAY = 150;

const FILTERS = ["text", "tool", "caller", "rule", "since", "verdict"] as const;
const VERDICTS = ["allow", "block", "require_approval", "dry_run", "unreadable"];
const SPANS = [["", "any time"], ["1h", "the last hour"], ["24h", "the last day"], ["7d", "the last week"], [
  "30d",
  "the last 30 days",
]];

/** Traces: search by tool, caller, verdict, rule and time; the decision behind each. */
export function Traces({ route }: { route: Route }) {
  const query = useMemo(
    () => Object.fromEntries(FILTERS.map((name) => [name, route.params.get(name) ?? ""])),
    [route.query],
  );
  const { found, error, isOutdated, rows, show, refresh } = useTraces(query);
  const [selected, setSelected] = useState(-1);
  useEffect(() => setSelected(-1), [JSON.stringify(query)]);

  const open = route.params.get("open");
  const change = (changes: Record<string, string>) =>
    route.go("traces", { ...query, open: open ?? "", ...changes });
  const hasFilter = FILTERS.some((name) => query[name] !== "");
  return html`
    <${Head} title="Traces" lead="Every decision of the gate, with what decided it and why." />
    ${found && html`<${Journals} found=${found} />`}
    <div class=${`split ${open ? "opened" : ""}`}>
          <section class="panel list-panel" aria-label="Decisions" aria-busy=${isOutdated}>
            <${Filters} query=${query} change=${change} />
            ${found && html`<${Chips} found=${found} verdict=${query.verdict} change=${change} />`}
            ${error
              ? html`<${Failure} error=${error} retry=${refresh} />`
              : found === undefined
              ? html`<div class="loading" role="status">Loading…</div>`
              : found.matched === 0
              ? html`<${NoTraces} found=${found} hasFilter=${hasFilter} clear=${() =>
                route.go("traces", {})} />`
              : html`
                <${VirtualList} label="Traces, the newest first" count=${found
                  .matched} rowHeight=${58} selected=${selected}
                  onSelect=${setSelected} onOpen=${(index: number) => {
                    const row = rows.at(index);
                    if (row) change({ open: row.path });
                  }}
                  onRange=${show}
                  row=${(index: number) => html`<${TraceRow} row=${rows.at(index)} open=${open} />`} />
              `}
          </section>
          ${open
            ? html`<${TraceDetail} path=${open} close=${() => change({ open: "" })} openOther=${(
              path: string,
            ) => change({ open: path })} />`
            : ""}
        </div>
  `;
}

function Filters(
  { query, change }: { query: Record<string, string>; change: (changes: Record<string, string>) => void },
) {
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const later = (name: string) => (event: Event) => {
    const { value } = event.currentTarget as HTMLInputElement;
    clearTimeout(timer.current);
    timer.current = setTimeout(() => change({ [name]: value }), DELAY);
  };
  const text = (name: string, label: string, placeholder: string) =>
    html`<${Field} label=${label}><input type="search" id=${`filter-${name}`} value=${
      query[name]
    } placeholder=${placeholder}
      onInput=${later(name)} autocomplete="off" spellcheck="false" /></${Field}>`;
  return html`<form class="filters" role="search" onSubmit=${(event: Event) => event.preventDefault()}>
    ${text("text", "Search", "any text, id or digest")}
    ${text("tool", "Tool", "tool.delete")}
    ${text("caller", "Caller", "identity")}
    ${text("rule", "Rule or violation", "name")}
    <${Field} label="When"><select id="filter-since" value=${query.since} onChange=${(event: Event) =>
    change({ since: (event.currentTarget as HTMLSelectElement).value })}>
      ${SPANS.map(([value, label]) => html`<option value=${value}>${label}</option>`)}</select></${Field}>
  </form>`;
}

function Chips({ found, verdict, change }: {
  found: Found;
  verdict: string;
  change: (changes: Record<string, string>) => void;
}) {
  const words = [...new Set([...VERDICTS, ...Object.keys(found.verdicts)])]
    .filter((word) => (found.verdicts[word] ?? 0) > 0 || word === verdict);
  return html`<div class="chips">
    ${
    words.map((word) =>
      html`
        <button type="button" key=${word} class="chip" aria-pressed=${word === verdict}
          onClick=${() => change({ verdict: word === verdict ? "" : word })}>
                <${Shape} word=${word} />${safe(labelOf(word), 40)} <b>${found.verdicts[word] ??
                  0}</b></button>
      `
    )
  }
    <span class="count" role="status">${found.matched.toLocaleString("en")} of ${
    found.total.toLocaleString("en")
  }${found.pending > 0 ? html`, reading ${found.pending.toLocaleString("en")} more` : ""}${
    found.cut ? ", the newest ones only" : ""
  }</span></div>`;
}

/** What the list can't show, because it is in no file of its own. */
function Journals({ found: { unwritten = 0, damaged_journals: damaged = [] } }: { found: Found }) {
  return html`
    ${unwritten > 0 && html`
      <p class="banner"
        role="status">${unwritten.toLocaleString("en")} ${unwritten === 1
          ? "decision is"
          : "decisions are"} in the journal of a stream only, and not in this list. <code>gait gate stream</code> writes them out when it opens
            the folder again.</p>
    `}
    ${damaged.length > 0 &&
      html`<p class="banner" role="alert">Somebody changed a journal of a stream, so its decisions
      can't be read:${" "}${
        damaged.map((path, i) => html`${i > 0 && ", "}<${Data} text=${path} code />`)
      }</p>`}
  `;
}

function TraceRow({ row, open }: { row: Row | undefined; open: string | null }) {
  if (!row) return html`<span class="dim">…</span>`;
  return html`
    <${Badge} word=${row.verdict} />
    <span class=${`row-main ${row.path === open ? "open" : ""}`}>
          <span class="row-title"><bdi>${safe(
            row.error === undefined ? row.tool : row.path,
            200,
          )}</bdi></span>
          <span class="row-sub"><bdi>${safe(
            row.error ?? [row.caller, ...row.rules, ...row.reasons].filter(Boolean).join(" · "),
            300,
          )}</bdi></span></span>
    <${Time} text=${row.time} />
  `;
}

function NoTraces({ found, hasFilter, clear }: { found: Found; hasFilter: boolean; clear: () => void }) {
  if (found.pending > 0) {
    return html`<div class="loading" role="status">Reading ${found.pending} traces…</div>`;
  }
  if (hasFilter && found.total > 0) {
    return html`<${Empty} title="No trace matches"><p>None of ${found.total} traces fits the search.</p>
      <button type="button" class="quiet" onClick=${clear}>Clear the search</button></${Empty}>`;
  }
  return html`
    <${Empty} title="No traces yet">
      <p>Each decision of the gate leaves one. Make a policy with a call to decide, and decide it:</p>
      <${Command} text="gait demo --policy" />
      <${Command}
        text="gait gate eval --policy gait-out/policy_demo_high_risk.yaml --intent gait-out/intent_demo_delete.json" />
      </${Empty}>
  `;
}
