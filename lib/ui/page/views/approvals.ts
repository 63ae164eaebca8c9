/// <reference lib="dom" />
import { useEffect, useRef, useState } from "preact/hooks";
import { html } from "../html.ts";
import { Command, Empty, Facts, Failure, Field, Head, Loaded, Panel } from "../parts/blocks.ts";
import { Json } from "../parts/json_view.ts";
import { Data, Digest, safe } from "../parts/safe_text.ts";
import { Time } from "../parts/time_text.ts";
import { Badge } from "../parts/verdict_badge.ts";
import { addressOf, type Route } from "../route.ts";
import { ApiError, ask } from "../session/api.ts";
import { useQuery } from "../session/use_query.ts";
import type { Answer } from "../session/answer.ts";

/** Approvals: what waits, exactly what would be signed, and, where it is on, giving an approval with a code. */
export function Approvals({ route }: { route: Route }) {
  const query = useQuery("approvals", {}, ["traces"]);
  const open = route.params.get("open") ?? "";
  return html`
    <${Head} title="Approvals" lead="Calls that the gate stopped until somebody approves them." />
    <${Loaded} query=${query}>${(data: Answer) =>
      html`<${Minting} minting=${data.minting} />${
        data.waiting.length === 0
          ? html`
            <${Panel}>
              <${Empty} title="Nothing waits">
                <p>A call waits here when its verdict is “needs approval”, until the same call is
                      decided again with an approval. Rules ask for one with${" "}
                      <code>effect: require_approval</code>; the <a href=${addressOf(
                        "policy",
                      )}>policy view</a>${" "}
                      shows which calls they stop.</p>
                </${Empty}>
                </${Panel}>
          `
          : html`
            <div
              class="split narrow-left"><section class="panel list-panel" aria-label="Waiting calls"><ul class="cards">${data
                .waiting.map((row: Answer) =>
                  html`<li key=${row.path}><button type="button" class=${`card ${
                    row.path === open ? "selected" : ""
                  }`}
                aria-pressed=${row.path === open} onClick=${() => route.go("approvals", { open: row.path })}>
              <span class="row-title"><bdi>${safe(row.tool, 120)}</bdi></span>
              <span class="row-sub"><bdi>${
                    safe(row.caller, 120)
                  }</bdi> · <${Time} text=${row.time} /></span></button></li>`
                )}</ul></section>${data.waiting.some((row: Answer) => row.path === open)
                ? html`<${Waiting} key=${open} path=${open} minting=${data.minting} />`
                : html`
                  <${Panel}>
                    <${Empty} title="No call is open">
                      <p>Choose one from the list.</p>
                      </${Empty}>
                      </${Panel}>
                `}</div>
          `
      }`}</${Loaded}>
  `;
}

function Minting({ minting }: { minting: { enabled: boolean; approver?: string; key_id?: string } }) {
  if (!minting.enabled) {
    return html`
      <p
        class="banner">Approvals can't be given on this page. Start it on a terminal with <code>--approver</code> and${" "}
            <code>--approval-private-key</code>, or use <code>gait approve</code>.</p>
    `;
  }
  return html`<p class="banner">Approvals are signed as <b><${Data} text=${minting.approver} /></b>, with key${" "}
    <${Digest} text=${
    minting.key_id ?? ""
  } />. Each one needs a code that only the terminal of <code>gait ui</code> shows.</p>`;
}

function Waiting({ path, minting }: { path: string; minting: { enabled: boolean } }) {
  const query = useQuery("approval", { path });
  return html`
    <div class="stack">
      <${Loaded} query=${query}>${(call: Answer) =>
        html`
          <${Panel} title="What would be signed">
            <div class="verdict-line">
              <${Badge} word="require_approval" />
              <h3>
                <${Data} text=${call.tool_name} />
              </h3>
            </div>
            <${Facts} rows=${[
              ["Scope", html`<${Data} text=${call.signs.scope.join(", ")} />`],
              ["Most targets", call.signs.max_targets > 0 ? call.signs.max_targets : "no limit"],
              ["Most operations", call.signs.max_ops > 0 ? call.signs.max_ops : "no limit"],
              ["Intent digest", html`<${Data} text=${call.signs.intent_digest} code />`],
              ["Policy digest", html`<${Data} text=${call.signs.policy_digest} code />`],
              [
                "Delegation",
                call.signs.delegation_binding_digest &&
                html`<${Data} text=${call.signs.delegation_binding_digest} code />`,
              ],
            ]} />
            </${Panel}>
            <${Panel} title="The call">
                <${Facts} rows=${[
                  ["On behalf of", call.requester && html`<${Data} text=${call.requester} />`],
                  ["Stopped by", call.matched_rule && html`<${Data} text=${call.matched_rule} />`],
                  ["Reasons", call.reason_codes && html`<${Data} text=${call.reason_codes.join(", ")} />`],
                  [
                    "Violations",
                    call.violations.length > 0 && html`<${Data} text=${call.violations.join(", ")} />`,
                  ],
                  [
                    "Who may",
                    call.required_approvals &&
                    `${call.required_approvals} approver${call.required_approvals === 1 ? "" : "s"}${
                      call.distinct_approvers ? ", different people" : ""
                    } with a key that the gate trusts`,
                  ],
                  [
                    "Trace",
                    html`<${Badge} word=${call.signature === "verified" ? "verified" : "unchecked"} text=${
                      call.signature === "verified" ? "signed by a trusted key" : "signature not checked"
                    } />`,
                  ],
                  ["Observed", html`<${Time} text=${call.observed_at} />`],
                ]} />
                ${call.call ? html`<${Json} value=${call.call} label="The whole call" />` : html`
                  <p
                    class="note">The trace has no arguments, and no file here has this intent: what would happen can't be shown. If the
                      call applies a destructive change, an approval of the tool alone is not enough: put its intent into this
                      folder, or name it with <code>--intent</code>.</p>
                `}</${Panel}>
              ${minting.enabled ? html`<${Give} path=${path} shown=${call.signs} />` : html`
                <${Panel} title="Approve on the command line">
                  <p
                    class="dim">Put in your name, a reason and your key. The MCP gateway finds the token in its folder; give it
                    to the other commands with <code>--approval-token</code>.</p>
                  <${Command} text=${call.command} />
                  </${Panel}>
              `}
        `}</${Loaded}></div>
  `;
}

/** Ask for a code, then sign with it. */
function Give({ path, shown }: { path: string; shown: Answer }) {
  const [reason, setReason] = useState("");
  const [ttl, setTtl] = useState("30m");
  const [single, setSingle] = useState(true);
  const [code, setCode] = useState("");
  const [pending, setPending] = useState<Answer>();
  const [done, setDone] = useState<Answer>();
  const [error, setError] = useState<Error | undefined>();
  // What had the focus is gone when the form changes, and the keyboard would begin at the top of the page.
  const codeField = useRef<HTMLInputElement>(null);
  const outcome = useRef<HTMLParagraphElement>(null);
  const step = done ? "done" : pending ? pending.request_id : "";
  useEffect(() => (done ? outcome.current : pending ? codeField.current : undefined)?.focus(), [step]);
  const attempt = (act: () => Promise<void>) => async (event: Event) => {
    event.preventDefault();
    setError(undefined);
    try {
      await act();
    } catch (failed) {
      setError(failed as Error);
      // No code helps any more: what is left is to ask for another one.
      if (failed instanceof ApiError && failed.detail === "approval_request_void") setPending(undefined);
    }
  };
  const start = attempt(async () => {
    const { intent_digest, policy_digest, delegation_binding_digest } = shown;
    const digests = {
      intent_digest,
      policy_digest,
      ...(delegation_binding_digest ? { delegation_binding_digest } : {}),
    };
    setPending(
      await ask("approval/start", { path, reason_code: reason, ttl, single_use: single, ...digests }),
    );
    setCode("");
  });
  const confirm = attempt(async () => {
    setDone(await ask("approval/confirm", { request_id: pending.request_id, code }));
    setPending(undefined);
  });
  if (done) {
    return html`
      <${Panel} title="Approved">
        <p class="good-line" role="status" tabindex="-1"
          ref=${outcome}><${Badge} word="allow" text="signed" /> The token is
            in${" "}<${Data} text=${done.token_path} code />.</p>
        <p class="dim">The MCP gateway finds it there when the call comes again. Give it to the other commands with
            <code>--approval-token</code>. The call leaves the list when it was decided with it.</p>
        </${Panel}>
    `;
  }
  return html`<${Panel} title="Approve">
    ${error && html`<${Failure} error=${error} />`}
    ${
    pending === undefined
      ? html`
        <form class="form" onSubmit=${start}>
          <${Field}
            label="Reason, such as the number of a change"><input id="approve-reason" required value=${reason}
                  onInput=${(event: Event) =>
                    setReason((event.currentTarget as HTMLInputElement).value)} /></${Field}>
                <${Field} label="Valid for"><input id="approve-ttl" required value=${ttl}
                  onInput=${(event: Event) =>
                    setTtl((event.currentTarget as HTMLInputElement).value)} /></${Field}>
                <label class="check"><input type="checkbox" checked=${single} onChange=${(event: Event) =>
                  setSingle((event.currentTarget as HTMLInputElement).checked)} /> It can be used once</label>
                <div class="buttons"><button type="submit">Ask for a code</button></div>
                <p class="dim">To refuse the call, leave it: it stays stopped.</p></form>
      `
      : html`
        <form class="form" onSubmit=${confirm}>
          <${Facts} rows=${Object.entries(pending.signs).map(([name, value]) =>
            [name, html`<${Data} text=${value} />`] as const
          )} />
          <${Field}
            label="Code from the terminal where gait ui runs; it counts for two minutes"><input id="approve-code"
                  ref=${codeField} class="code" inputmode="numeric"
                  autocomplete="off" required value=${code}
                  onInput=${(event: Event) =>
                    setCode((event.currentTarget as HTMLInputElement).value)} /></${Field}>
                <div class="buttons"><button type="submit">Sign</button>
                  <button type="button" class="quiet" onClick=${() =>
                    setPending(undefined)}>Back</button></div></form>
      `
  }</${Panel}>`;
}
