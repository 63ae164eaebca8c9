/// <reference lib="dom" />
import { html } from "../html.ts";
import { Command, Empty, Facts, Field, Head, Loaded, Panel } from "../parts/blocks.ts";
import { Source } from "../parts/json_view.ts";
import { breakable, Data, Digest, safe } from "../parts/safe_text.ts";
import { Time } from "../parts/time_text.ts";
import { Badge } from "../parts/verdict_badge.ts";
import { addressOf, type Route } from "../route.ts";
import { useQuery } from "../session/use_query.ts";
import { CallPairs } from "./call_pairs.ts";
import type { Answer } from "../session/answer.ts";

/** Runs: the timeline of calls, and two runs beside each other. */
export function Runs({ route }: { route: Route }) {
  const list = useQuery("runs", {}, ["runs"]);
  const [path, other] = [route.params.get("open") ?? "", route.params.get("with") ?? ""];
  return html`
    <${Head} title="Runs" lead="What agents did, call by call, from recorded runpacks." />
    <${Loaded} query=${list}>${(data: Answer) =>
      data.runs.length === 0
        ? html`
          <${Panel}>
            <${Empty} title="No runs yet">
              <p>Begin with the demo, here or on the <a href=${addressOf("start")}>start page</a>:</p>
              <${Command} text="gait demo" />
              <p>What an agent of yours did is recorded by its adapter, or with</p>
              <${Command} text="gait run record --input run_record.json" />
              </${Empty}>
              </${Panel}>
        `
        : html`
          <div class="split narrow-left">
            <section class="panel list-panel" aria-label="Runs">
              <ul class="cards">${data.runs.map((run: Answer) =>
                html`<${RunCard} key=${run.path} run=${run} open=${run.path === path} route=${route} />`
              )}</ul>
            </section>
            <div class="stack">${path === ""
              ? html`
                <${Panel}>
                  <${Empty} title="No run is open">
                    <p>Choose one from the list.</p>
                    </${Empty}>
                    </${Panel}>
              `
              : html`<${Compare} runs=${data.runs} path=${path} other=${other} route=${route} />${
                other === ""
                  ? html`<${Run} path=${path} />`
                  : html`<${Comparison} left=${path} right=${other} />`
              }`}</div>
          </div>
        `}</${Loaded}>
  `;
}

function RunCard({ run, open, route }: { run: Answer; open: boolean; route: Route }) {
  return html`<li><button type="button" class=${`card ${open ? "selected" : ""}`} aria-pressed=${open}
      onClick=${() => route.go("runs", { open: run.path })}>
    <span class="row-title"><bdi>${breakable(run.run_id || run.path, 120)}</bdi></span>
    <span class="row-sub">${
    run.error === undefined
      ? html`<${Time} text=${run.time} /> · ${run.calls} call${run.calls === 1 ? "" : "s"}`
      : html`<bdi>${safe(run.error, 200)}</bdi>`
  }</span>
    <span class="tags">${
    run.error === undefined
      ? Object.entries(run.verdicts).map(([word, count]) =>
        html`<${Badge} key=${word} word=${word} text=${`${word.replace("_", " ")} ${count}`} />`
      )
      : html`<${Badge} word="not_verified" text="damaged" />`
  }</span></button></li>`;
}

function Compare(
  { runs, path, other, route }: { runs: Answer[]; path: string; other: string; route: Route },
) {
  const others = runs.filter((run) => run.path !== path && run.error === undefined);
  if (others.length === 0) return null;
  return html`
    <div class="toolbar">
      <${Field} label="Compare with">
        <select id="compare-with" value=${other} onChange=${(event: Event) =>
          route.go("runs", { open: path, with: (event.currentTarget as HTMLSelectElement).value })}>
          <option value="">nothing</option>${others.map((run) =>
            html`<option key=${run.path} value=${run.path}>${
              safe(`${run.run_id} (${run.path})`, 120)
            }</option>`
          )}</select></${Field}></div>
  `;
}

function Run({ path }: { path: string }) {
  const query = useQuery("run", { path }, ["runs"]);
  return html`<${Loaded} query=${query}>${(run: Answer) =>
    html`
      <${Panel} title="Run">
        <${Facts} rows=${[
          ["Run", html`<${Data} text=${run.run_id} />`],
          ["Recorded", html`<${Time} text=${run.created_at} />`],
          ["Capture", safe(run.capture_mode)],
          ["Manifest", html`<${Digest} text=${run.manifest_digest} />`],
          ["File", html`<${Data} text=${run.path} code />`],
          ["Warnings", run.warnings.length > 0 && html`<${Data} text=${run.warnings.join("; ")} />`],
        ]} />
        </${Panel}>
        <${Panel} title=${`${run.calls_total} call${run.calls_total === 1 ? "" : "s"}`}>
            <ol class="timeline">${run.calls.map((call: Answer) =>
              html`<${Call} key=${call.index} call=${call} />`
            )}</ol>
            ${run.calls_total > run.calls.length &&
              html`<p class="note">The first ${run.calls.length} are shown.</p>`}
          </${Panel}>
    `}</${Loaded}>`;
}

function Call({ call }: { call: Answer }) {
  return html`
    <li>
      <details>
        <summary><span class="number">${call.index}</span>
          <span class="row-title"><bdi>${safe(call.tool_name, 200)}</bdi></span>
          <${Badge} word=${call.verdict || call.outcome} /><${Time} text=${call.created_at} /></summary>
        <div class="call-body">
          <${Facts} rows=${[
            ["Status", safe(call.status)],
            ["Reasons", call.reason_codes && html`<${Data} text=${call.reason_codes.join(", ")} />`],
            ["Arguments", html`<${Digest} text=${call.args_digest ?? ""} />`],
            ["Result", call.result_digest && html`<${Digest} text=${call.result_digest} />`],
          ]} />
          ${call.args
            ? html`
              <h4>Arguments</h4>
              <${Source} text=${call.args} label="Arguments" />
            `
            : ""}
          ${call.result
            ? html`
              <h4>Result</h4>
              <${Source} text=${call.result} label="Result" />
            `
            : ""}
          ${!call.args && !call.result && html`<p class="note">This run recorded digests only.</p>`}
        </div>
      </details>
    </li>
  `;
}

function Comparison({ left, right }: { left: string; right: string }) {
  const query = useQuery("runs/compare", { left, right }, ["runs"]);
  return html`<${Loaded} query=${query}>${(data: Answer) =>
    html`
      <${Panel} title="Two runs, paired by what they did" aside=${html`<span class="tags">${
        Object.entries(data.counts).map(([kind, count]) =>
          html`<${Badge} key=${kind} word=${kind} text=${`${count} ${WORDS[kind] ?? kind}`} />`
        )
      }</span>`}>
        <${CallPairs} left=${data.left.run_id} right=${data.right.run_id} rows=${data.rows} total=${data
          .rows_total} />
        </${Panel}>
    `}</${Loaded}>`;
}

const WORDS: Readonly<Record<string, string>> = {
  same: "same",
  changed: "changed",
  inserted: "added",
  missing: "gone",
};
