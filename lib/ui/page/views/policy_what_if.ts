import { html } from "../html.ts";
import { Loaded, Panel } from "../parts/blocks.ts";
import { Data, safe } from "../parts/safe_text.ts";
import { Badge } from "../parts/verdict_badge.ts";
import { useQuery } from "../session/use_query.ts";
import type { Answer } from "../session/answer.ts";

const ADVICE: Readonly<Record<string, string>> = {
  enforce: "It can be put in force.",
  observe: "It is more lenient: observe it with gate eval --simulate first.",
  require_approval: "It is stricter: require approval for the blocked calls first.",
};

/** What the edited policy would have said of the known intents, against the policy of the file. */
export function WhatIf(
  { path, text, edited, valid }: { path: string; text: string; edited: boolean; valid: boolean },
) {
  const query = useQuery(edited && valid ? "policy/whatif" : undefined, { path, text });
  return html`<${Panel} title="What would change">${
    !edited
      ? html`<p class="note">Change the policy to see which recorded calls it would decide otherwise.</p>`
      : !valid
      ? html`<p class="note">The policy is not valid.</p>`
      : html`<${Loaded} query=${query}>${(data: Answer) => html`<${Difference} data=${data} />`}</${Loaded}>`
  }</${Panel}>`;
}

function Difference({ data }: { data: Answer }) {
  if (data.changed_total === 0) {
    return html`
      <p
        class="good-line"><${Badge} word="same" text="no difference" /> All ${data
          .total} known calls are decided as before.</p>
    `;
  }
  return html`
    <p><b>${data.changed_total}</b> of ${data.total} known calls would be decided otherwise${data.widened > 0
      ? html`, <b>${data.widened}</b> of them more leniently`
      : ""}. ${safe(ADVICE[data.recommendation])}</p>
    <ul class="changed-calls">${data.changed.map((one: Answer) =>
      html`<li key=${one.path} class=${
        one.widened ? "widened" : ""
      }><span class="row-title"><${Data} text=${one.tool_name} /></span>
        <span class="verdict-change"><${Badge} word=${one.before} /><span aria-label="becomes">→</span><${Badge} word=${one.after} /></span>
        <span class="row-sub"><${Data} text=${one.path} /> · <${Data} text=${
        one.before_rule || "default"
      } /> → <${Data} text=${one.after_rule || "default"} /></span></li>`
    )}</ul>
    <${From} data=${data} />
  `;
}

/** Where the calls come from, and what is assumed of them. */
function From({ data }: { data: Answer }) {
  return html`<p class="note">From ${data.from_intents} intents of the folder and ${data.from_runs} calls of recorded runs.${
    data.from_runs > 0 ? " A run records neither targets nor risk class: the class is taken to be high." : ""
  }</p>`;
}
