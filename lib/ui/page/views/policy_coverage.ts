import { html } from "../html.ts";
import { Panel } from "../parts/blocks.ts";
import { Data } from "../parts/safe_text.ts";
import { Badge } from "../parts/verdict_badge.ts";
import type { Answer } from "../session/answer.ts";

/** Which rules the traces and intents of the folder reached. */
export function Coverage({ check }: { check: Answer }) {
  if (!check?.valid) return null;
  const { rules, coverage } = check;
  const most = rules.reduce((most: number, rule: Answer) => Math.max(most, rule.traces + rule.intents), 1);
  const idle = rules.filter((rule: Answer) => rule.traces + rule.intents === 0).length;
  return html`<${Panel} title="Coverage" aside=${html`<span class="dim">${
    rules.length - idle
  } of ${rules.length} rules reached</span>`}>
    ${
    rules.length === 0
      ? html`<p class="note">The policy has no rules: the default verdict decides everything.</p>`
      : html`<ul class="coverage">${
        rules.map((rule: Answer) => {
          const count = rule.traces + rule.intents;
          return html`
            <li
              key=${rule.name}><span class="row-title"><${Data} text=${rule
                .name} /></span><${Badge} word=${rule.effect} />
                        <meter min="0" max=${most} value=${count} aria-label="how often it was reached"></meter>
                        <span class="count">${count === 0
                          ? "never"
                          : `${counted(rule.traces, "trace")}, ${
                            counted(rule.intents, "intent")
                          }`}</span></li>
          `;
        })
      }</ul>`
  }
    <p class="note">From ${counted(coverage.traces, "trace")} and ${
    counted(coverage.intents, "intent")
  } of the folder.${
    coverage.traces_evaluated_anew > 0
      ? ` ${counted(coverage.traces_evaluated_anew, "trace")} of another policy ${
        coverage.traces_evaluated_anew === 1 ? "was" : "were"
      } evaluated anew by this text.`
      : ""
  }${
    coverage.traces_unknown > 0
      ? ` Of ${counted(coverage.traces_unknown, "trace")} the rule is unknown: no file has the intent.`
      : ""
  }</p></${Panel}>`;
}

function counted(count: number, name: string): string {
  return `${count.toLocaleString("en")} ${name}${count === 1 ? "" : "s"}`;
}
