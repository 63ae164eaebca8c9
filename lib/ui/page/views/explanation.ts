import { html } from "../html.ts";
import { Data, safe } from "../parts/safe_text.ts";
import { Badge } from "../parts/verdict_badge.ts";
import type { Answer } from "../session/answer.ts";

/** Why a policy decided as it did: the rules that matched, those that came close, and what would change the verdict. */
export function Explanation({ data }: { data: Answer }) {
  const { explanation, policy_path: policy, intent_path: intent } = data;
  if (!explanation) {
    const missing = [intent ? "" : "the intent", policy ? "" : "the policy"].filter(Boolean).join(" and ");
    return html`
      <h3>Why</h3>
      <p class="note">A trace holds digests only. To see which rules decided, put ${missing} of this
            decision where this page finds it (<code>--intents</code>, <code>--policy</code>).</p>
    `;
  }
  return html`
    <h3>Why</h3>
    <${Reasons} explanation=${explanation} />
  `;
}

/** The same without the heading. */
export function Reasons({ explanation }: { explanation: Answer }) {
  const { calls = [], changes = [], missing_fields: missing = [] } = explanation;
  return html`<div class="why">
    ${
    missing.length > 0 && html`
      <p
        class="note">No rule was looked at: the call does not give <b>${safe(
          missing.join(", "),
        )}</b>, and the policy fails closed without.</p>
    `
  }
    ${
    calls.map((call: Record<string, unknown>, i: number) =>
      html`<${Call} key=${i} call=${call} titled=${calls.length > 1} />`
    )
  }
    ${
    changes.length > 0 && html`
      <div class="changes">
        <h4>What would change the verdict</h4>
        <ul>${changes.map((change: Record<string, unknown>, i: number) =>
          html`
            <li key=${i}>
              <${Change} change=${change} />
            </li>
          `
        )}</ul>
      </div>
    `
  }</div>`;
}

function Call({ call, titled }: { call: Answer; titled: boolean }) {
  const { matched_rules: matched = [], near_rules: near = [] } = call;
  return html`${
    titled && html`
      <h4>
        <${Data} text=${call.tool_name} />
        <${Badge} word=${call.verdict} />
      </h4>
    `
  }
    <ul class="rules">
      ${
    matched.length === 0 && html`
      <li class="rule deciding">
        <div class="rule-head">
          <div><b>No rule matched</b>
              <span>the default verdict decides</span></div>
          <${Badge} word=${call.verdict} />
        </div>
      </li>
    `
  }
      ${
    matched.map((rule: Answer) =>
      html`<li key=${rule.name} class=${`rule ${rule.deciding ? "deciding" : ""}`}>
          <div class="rule-head"><div><b><${Data} text=${rule.name} /></b><span>${
        rule.deciding ? "decides" : "matched"
      }, priority ${Number(rule.priority)}</span></div><${Badge} word=${rule.effective_effect} /></div>
          ${
        (rule.raised_by ?? []).map((raise: Answer, i: number) =>
          html`
            <p key=${i}
              class="raise"><b><${Data} text=${raise
                .constraint} /></b> asks for at least <${Badge} word=${raise
                .effect} />
                        ${(raise.targets ?? []).map((target: Answer, j: number) =>
                          html`<span key=${j} class="target"><${Data} text=${`${target.kind} ${target.value}`} /></span>`
                        )}</p>
          `
        )
      }</li>`
    )
  }
      ${
    near.map((rule: Answer) =>
      html`
        <li key=${`near ${rule.name}`} class="rule near">
          <div class="rule-head">
            <div><b><${Data} text=${rule.name} /></b>
                  <span>came close, priority ${Number(rule.priority)}</span></div>
          </div>
          <p
            class="miss"><code>${safe(rule.missed_key)}</code> wants <${Data} text=${(rule.wants ?? []).join(
              ", ",
            )} />; the call has <${Data} text=${(rule.has ?? []).join(", ") || "nothing"} />. If it
            matched: <${Badge} word=${rule.verdict_then} /></p>
        </li>
      `
    )
  }
    </ul>`;
}

function Change({ change }: { change: Answer }) {
  switch (change.kind) {
    case "match":
      return html`if <code>${safe(change.key)}</code> of rule <b><${Data} text=${change.rule} /></b> matched:
        <${Badge} word=${change.verdict} />`;
    case "constraint":
      return html`if the constraint <code>${
        safe(change.constraint)
      }</code> held: <${Badge} word=${change.verdict} />`;
    case "approval":
      return html`with ${Number(change.approvals)} approval${Number(change.approvals) === 1 ? "" : "s"}:
        <${Badge} word=${change.verdict} />`;
    default:
      return html`if the call gave <code>${safe(change.field)}</code>, the rules would decide`;
  }
}
