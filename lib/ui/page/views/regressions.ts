import { html } from "../html.ts";
import { Command, Empty, Head, Loaded, Panel } from "../parts/blocks.ts";
import { Data, safe } from "../parts/safe_text.ts";
import { Time } from "../parts/time_text.ts";
import { Badge } from "../parts/verdict_badge.ts";
import { useQuery } from "../session/use_query.ts";
import { CallPairs } from "./call_pairs.ts";
import type { Answer } from "../session/answer.ts";

/** Regressions: the last result, and the drift of each fixture in two columns. */
export function Regressions() {
  const query = useQuery("regressions", {}, ["regressions"]);
  return html`
    <${Head} title="Regressions" lead="Incidents that became tests: whether they stay fixed." />
    <${Loaded} query=${query}>${(data: Answer) =>
      !data.found
        ? html`
          <${Panel}>
            <${Empty} title="No result yet">
              <p>Turn a run into a regression, then run it:</p>
              <${Command} text="gait demo" />
              <${Command} text="gait regress init --from run_demo" />
              <${Command} text="gait regress run" />
              </${Empty}>
              </${Panel}>
        `
        : html`<div class="summary-line"><${Badge} word=${data.status} /><span>${
          data.graders - data.failed
        } of ${data.graders} graders pass</span>
          <span class="dim">fixture set <${Data} text=${data.fixture_set} />, <${Time} text=${data.modified_at} /></span></div>
        ${
          data.fixtures.map((fixture: Answer) => html`<${Fixture} key=${fixture.name} fixture=${fixture} />`)
        }`}</${Loaded}>
  `;
}

function Fixture({ fixture }: { fixture: Answer }) {
  const { drift } = fixture;
  const differs = drift?.rows.some((row: Answer) => row.kind !== "same");
  return html`<${Panel} title=${safe(fixture.name, 120)} aside=${html`<${Badge} word=${fixture.status} />`}>
    <ul class="graders">${
    fixture.graders.map((grader: Answer) =>
      html`
        <li
          key=${grader.name}><${Badge} word=${grader.status} /><span class="row-title"><${Data} text=${grader
            .name} /></span>
                <span class="row-sub"><${Data} text=${grader.reason_codes.join(", ")} /></span></li>
      `
    )
  }</ul>
    ${
    drift && html`
      <details open=${differs}>
        <summary>${differs
          ? "How the calls differ"
          : "The calls are the same"}: expected, and <${Data} text=${drift.candidate} /></summary>
        <${CallPairs} left="expected" right=${drift.candidate} rows=${drift.rows} total=${drift.rows_total} />
      </details>
    `
  }</${Panel}>`;
}
