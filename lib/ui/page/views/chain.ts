import type { ComponentChildren } from "preact";
import { html } from "../html.ts";
import { Data, Digest, safe } from "../parts/safe_text.ts";
import { labelOf, lookOf, Shape } from "../parts/verdict_badge.ts";
import type { Answer } from "../session/answer.ts";

/** One link of the chain. */
interface Link {
  readonly title: string;
  readonly state: "done" | "stopped" | "held" | "open" | "absent";
  readonly body: ComponentChildren;
}

/** The chain of a decision as a picture: intent → policy → verdict → approval → execution. */
export function Chain({ data }: { data: Answer }) {
  const links = linksOf(data);
  return html`<ol class="chain" aria-label="From the intent to its execution">${
    links.map(({ title, state, body }) =>
      html`<li key=${title} class=${state}><span class="chain-title">${title}</span><div>${body}</div></li>`
    )
  }</ol>`;
}

function linksOf({ row, explanation, policy_path, intent_path, approval, executions }: Answer): Link[] {
  const stopped = row.verdict === "block" || row.verdict === "require_approval";
  return [
    {
      title: "Intent",
      state: "done",
      body: html`<${Data} text=${row.tool} name /><small>${
        intent_path ? html`<${Data} text=${intent_path} name />` : html`<${Digest} text=${row.intent} />`
      }</small>`,
    },
    {
      title: "Policy",
      state: "done",
      body: html`${
        explanation?.matched_rule
          ? html`<${Data} text=${explanation.matched_rule} name />`
          : row.rules.length > 0
          ? html`<${Data} text=${row.rules.join(", ")} />`
          : explanation
          ? "default verdict"
          : html`<${Digest} text=${row.policy} />`
      }<small>${policy_path ? html`<${Data} text=${policy_path} name />` : "not in this folder"}</small>`,
    },
    {
      title: "Verdict",
      state: row.verdict === "block" ? "stopped" : stopped ? "held" : "done",
      body: html`<${Said} word=${row.verdict} />`,
    },
    approvalLink(row, approval),
    executionLink(row, executions, stopped),
  ];
}

function approvalLink(row: Answer, approval: Answer): Link {
  const title = "Approval";
  if (approval) {
    const { approved, valid_approvals: valid, required_approvals: needed, approvers } = approval;
    return {
      title,
      state: approved ? "done" : "open",
      body: html`<span>${Number(valid)} of ${Number(needed)}</span><small><${Data} text=${
        Array.isArray(approvers) ? approvers.join(", ") : ""
      } /></small>`,
    };
  }
  if (row.approved) return { title, state: "done", body: "by a token" };
  if (row.verdict === "require_approval") return { title, state: "open", body: "waits for one" };
  return { title, state: "absent", body: "not needed" };
}

function executionLink(row: Answer, executions: Answer[], stopped: boolean): Link {
  const title = "Execution";
  const [first] = executions;
  if (first) {
    return {
      title,
      state: "done",
      body:
        html`<${Said} word=${first.status} /><small><${Data} text=${`${first.run_id}, call ${first.call}`} /></small>`,
    };
  }
  if (stopped) return { title, state: "absent", body: "stopped" };
  return { title, state: "absent", body: row.verdict === "allow" ? "no run recorded it" : "none" };
}

/** A word with its shape, in as many lines as it takes: a link of the chain is narrow. */
function Said({ word }: { word: string }) {
  return html`<span class=${`said ${lookOf(word).tone}`}><${Shape} word=${word} /><span>${
    safe(labelOf(word), 40)
  }</span></span>`;
}
