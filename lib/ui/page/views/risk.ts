/// <reference lib="dom" />
import { html } from "../html.ts";
import { Command, Empty, Head, Loaded, Panel } from "../parts/blocks.ts";
import { Data, safe } from "../parts/safe_text.ts";
import { Badge } from "../parts/verdict_badge.ts";
import { useQuery } from "../session/use_query.ts";
import { DayChart } from "../parts/day_chart.ts";
import type { Answer } from "../session/answer.ts";

const RADIUS = ["", "inside", "shared systems", "production, money, people"];
const CLASSES = ["destructive", "write", "execute", "read"];

/** Risk: the riskiest actions of runs and traces, and how many there were each day. */
export function Risk() {
  const query = useQuery("risk", {}, ["traces", "runs"]);
  return html`
    <${Head} title="Risk" lead="The riskiest actions of the runs and traces of this folder.">
      <button type="button" class="quiet" onClick=${query.reload}>Rank again</button></${Head}>
    <${Loaded} query=${query}>${(data: Answer) =>
      data.action_count === 0
        ? html`
          <${Panel}>
            <${Empty} title="Nothing to rank yet">
              <p>${safe(data.note ?? "Runs and traces are ranked as soon as there are some.")}</p>
              <${Command} text="gait demo" />
              </${Empty}>
              </${Panel}>
        `
        : html`
          <div class="tiles">
            <${Tile} label="Actions" value=${data.action_count} />
            <${Tile} label="Runs" value=${data.run_count} />
            <${Tile} label="Traces" value=${data.trace_count} />
          </div>
          <div class="two even">
            <${Panel}
              title="Over time">${data.days.length === 0
                ? html`<p class="note">No record tells when an action happened.</p>`
                : html`<${DayChart} days=${data.days} />`}</${Panel}><${Panel} title="Class and blast radius"><${Matrix} classes=${data
                .classes} /></${Panel}></div>
                  <${Panel} title="Ranking"><${Ranking} actions=${data.top_actions} /></${Panel}>
                  ${data.unreadable?.length > 0 && html`
                    <${Panel} title="Not read">
                      <ul class="reasons">${data.unreadable.slice(0, 50).map((one: Answer) =>
                        html`<li key=${one.path}><${Data} text=${one.path} />: <${Data} text=${one.error} /></li>`
                      )}</ul>
                      </${Panel}>
                  `}
        `}</${Loaded}>
  `;
}

function Tile({ label, value }: { label: string; value: number }) {
  return html`<div class="tile"><b>${Number(value).toLocaleString("en")}</b><span>${label}</span></div>`;
}

function Ranking({ actions }: { actions: readonly Answer[] }) {
  return html`
    <div class="scroll-x">
      <table class="ranking">
        <thead>
          <tr>
            <th scope="col" class="num">Score</th>
            <th scope="col">Tool</th>
            <th scope="col">Class</th>
            <th scope="col">Blast radius</th>
            <th scope="col">Verdict</th>
            <th scope="col">Reasons</th>
            <th scope="col">From</th>
          </tr>
        </thead>
        <tbody>${actions.map((action) =>
          html`
            <tr key=${action.rank}>
              <td class="num"><b>${action.score}</b></td>
              <td>
                <${Data} text=${action.tool_name} name />
              </td>
              <td>${safe(action.tool_class)}</td>
              <td><span class="radius" role="img" title=${RADIUS[
                action.blast_radius
              ]} aria-label=${`${action.blast_radius} of 3: ${RADIUS[action.blast_radius]}`}>${[1, 2, 3].map(
                (n) =>
                  html`<i key=${n} class=${
                    n <= action.blast_radius ? `on radius${action.blast_radius}` : ""
                  }></i>`,
              )}</span></td>
              <td>${action.verdict && html`<${Badge} word=${action.verdict} />`}</td>
              <td>${action.reason_codes?.length > 0 &&
                html`<${Data} text=${action.reason_codes.join(", ")} name />`}</td>
              <td class="source">
                <${Data} text=${action.source_artifact} name />
              </td>
            </tr>
          `
        )}</tbody>
      </table>
    </div>
  `;
}

function Matrix({ classes }: { classes: readonly Answer[] }) {
  const countOf = (name: string, radius: number) =>
    classes.find((one) => one.tool_class === name && one.blast_radius === radius)?.count ?? 0;
  return html`
    <div class="scroll-x">
      <table class="matrix">
        <thead>
          <tr><th scope="col">Class</th>${[1, 2, 3].map((radius) =>
            html`<th scope="col" key=${radius} class="num">${RADIUS[radius]}</th>`
          )}</tr>
        </thead>
        <tbody>${CLASSES.map((name) =>
          html`<tr key=${name}><th scope="row">${name}</th>${
            [1, 2, 3].map((radius) => {
              const count = countOf(name, radius);
              return html`<td key=${radius} class=${`num ${count === 0 ? "dim" : ""}`}>${count}</td>`;
            })
          }</tr>`
        )}</tbody>
      </table>
    </div>
  `;
}
