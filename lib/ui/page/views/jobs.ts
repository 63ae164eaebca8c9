/// <reference lib="dom" />
import { useState } from "preact/hooks";
import { html } from "../html.ts";
import { Command, Empty, Facts, Failure, Head, Loaded, Panel } from "../parts/blocks.ts";
import { Data, Digest, safe } from "../parts/safe_text.ts";
import { Time } from "../parts/time_text.ts";
import { Badge } from "../parts/verdict_badge.ts";
import type { Route } from "../route.ts";
import { ask } from "../session/api.ts";
import { useQuery } from "../session/use_query.ts";
import type { Answer } from "../session/answer.ts";

/** Jobs: their state, history and checkpoints; pause, resume and stop where the page may change things. */
export function Jobs({ route }: { route: Route }) {
  const query = useQuery("jobs", {}, ["jobs"]);
  const open = route.params.get("open") ?? "";
  return html`
    <${Head} title="Jobs"
      lead="Work that survives: durable jobs, where they stand and how they came there." />
    <${Loaded} query=${query}>${(data: Answer) =>
      data.jobs.length === 0
        ? html`
          <${Panel}>
            <${Empty} title="No jobs yet">
              <p>Submit one with</p>
              <${Command} text="gait job submit --id nightly-etl" />
              </${Empty}>
              </${Panel}>
        `
        : html`
          <div
            class="split narrow-left"><section class="panel list-panel" aria-label="Jobs"><ul class="cards">${data
              .jobs.map((job: Answer) =>
                html`<${JobCard} key=${job.job_id} job=${job} open=${job.job_id === open} route=${route} />`
              )}</ul></section>${open === ""
              ? html`
                <${Panel}>
                  <${Empty} title="No job is open">
                    <p>Choose one from the list.</p>
                    </${Empty}>
                    </${Panel}>
              `
              : html`<${Job} key=${open} id=${open} />`}</div>
        `}</${Loaded}>
  `;
}

function JobCard({ job, open, route }: { job: Answer; open: boolean; route: Route }) {
  return html`<li><button type="button" class=${`card ${open ? "selected" : ""}`} aria-pressed=${open}
      onClick=${() => route.go("jobs", { open: job.job_id })}>
    <span class="row-title"><bdi>${safe(job.job_id, 130)}</bdi></span>
    <span class="row-sub"><bdi>${
    safe(job.error ?? job.finding?.message ?? job.last_checkpoint, 200)
  }</bdi></span>
    <span class="tags"><${Badge} word=${
    job.error !== undefined ? "unreadable" : job.finding?.code ?? job.status
  } />${job.error === undefined && html`<${Time} text=${job.updated_at} />`}</span></button></li>`;
}

function Job({ id }: { id: string }) {
  const query = useQuery("job", { job_id: id }, ["jobs"]);
  return html`
    <div class="stack">
      <${Loaded} query=${query}>${(data: Answer) =>
        html`<${JobView} data=${data} reload=${query.reload} />`}</${Loaded}></div>
  `;
}

function JobView({ data, reload }: { data: Answer; reload: () => void }) {
  const { job } = data;
  return html`
    <${Panel} title="Job" aside=${html`<${Badge} word=${data.finding?.code ?? job.status} />`}>
      ${data.finding && html`<${Failure} error=${notFitting(data)} />`}
      <${Facts} rows=${[
        ["Job", html`<${Data} text=${job.job_id} />`],
        [
          "Stopped because",
          job.stop_reason !== "none" && job.stop_reason !== job.status &&
          html`<${Data} text=${job.stop_reason} />`,
        ],
        ["Status", data.finding && html`<${Data} text=${job.status} />`],
        ["Revision", job.revision],
        ["Created", html`<${Time} text=${job.created_at} />`],
        ["Changed", html`<${Time} text=${job.updated_at} />`],
        ["Identity", job.identity && html`<${Data} text=${job.identity} />`],
        ["Policy", job.policy_digest && html`<${Digest} text=${job.policy_digest} />`],
        ["Environment", html`<${Data} text=${job.environment_fingerprint} code />`],
      ]} />
      <${Change} data=${data} reload=${reload} />
      </${Panel}>
      <${Panel} title=${`${job.checkpoints.length} checkpoint${
        job.checkpoints.length === 1 ? "" : "s"
      }`}>${job.checkpoints.length === 0
        ? html`<p class="note">None yet.</p>`
        : html`<ol class="timeline">${
          job.checkpoints.map((point: Answer) =>
            html`<li key=${point.checkpoint_id}><div class="line"><${Badge} word=${
              point.type.replaceAll("-", "_")
            } text=${point.type} />
          <span class="row-title"><${Data} text=${point.summary} /></span><${Time} text=${point.created_at} /></div>
          ${
              point.required_action &&
              html`<p class="row-sub">Required: <${Data} text=${point.required_action} /></p>`
            }</li>`
          )
        }</ol>`}</${Panel}>
        <${Panel} title="History">
          ${data.log_error && html`<${Failure} error=${new Error(data.log_error)} />`}
          <ol class="timeline plain">${data.history.map((entry: Answer, i: number) =>
            html`
              <li key=${i}>
                <div class="line"><${Time} text=${entry.time} /><span><${Data} text=${entry
                  .text} /></span></div>
              </li>
            `
          )}</ol></${Panel}>
  `;
}

/** Why the status that is shown can't be relied on. */
function notFitting({ job, finding }: Answer): Error {
  const hint = `See what does not fit with: gait job verify --id ${job.job_id}`;
  return Object.assign(new Error(finding.message), { hint });
}

const ACTIONS: Readonly<Record<string, readonly string[]>> = {
  running: ["pause", "stop"],
  decision_needed: ["resume", "pause", "stop"],
  paused: ["resume", "stop"],
  blocked: ["resume", "stop"],
};

function Change({ data, reload }: { data: Answer; reload: () => void }) {
  const [error, setError] = useState<Error | undefined>();
  const [asked, setAsked] = useState("");
  const actions = ACTIONS[data.job.status] ?? [];
  if (actions.length === 0) return html`<p class="note">This job has ended.</p>`;
  if (data.read_only) {
    return html`<p class="note">Read-only: start with <code>--read-only=false</code> to pause, resume or stop it.</p>`;
  }
  const change = async (action: string) => {
    setError(undefined);
    setAsked("");
    try {
      await ask("job/change", { job_id: data.job.job_id, action });
    } catch (failed) {
      setError(failed as Error);
    }
    reload();
  };
  return html`${error && html`<${Failure} error=${error} />`}<div class="buttons">${
    actions.map((action) =>
      html`
        <button type="button" key=${action} class=${action === "stop" ? "quiet danger" : "quiet"}
          onClick=${() => action === "stop" ? setAsked(action) : change(action)}>${action[0]!.toUpperCase() +
            action.slice(1)}</button>
      `
    )
  }</div>${
    asked !== "" && html`<div class="confirm" role="alert"><span>A stopped job can't be resumed.</span>
      <button type="button" class="danger" onClick=${() => change(asked)}>Stop it</button>
      <button type="button" class="quiet" onClick=${() => setAsked("")}>Leave it</button></div>`
  }`;
}
