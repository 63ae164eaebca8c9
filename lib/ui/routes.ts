import type { ServerAnswer } from "../effects/types.ts";
import { readDefaults } from "../config/read.ts";
import { DEFAULTS_PATH } from "../config/sections.ts";
import type { JsonObject } from "../formats/json/mod.ts";
import { failed, json } from "../serve/responses.ts";
import { confirmApproval, listApprovals, showApproval, startApproval } from "./approvals/approval_views.ts";
import { makeMinter } from "./approvals/minter.ts";
import type { UiContext } from "./context.ts";
import { commandRunner, exec } from "./exec.ts";
import type { UiRoute } from "./guard.ts";
import { showHealth } from "./health_view.ts";
import { changeJob, showJob, showJobs } from "./job_views.ts";
import type { IdleEnd } from "./idle.ts";
import { knownIntents } from "./known_intents.ts";
import { type Live, traceFolders, watchWorkspace } from "./live.ts";
import { knownPolicies, POLICY_FOLDERS } from "./policy/known_policies.ts";
import { policyKeys } from "./policy/policy_keys.ts";
import { checkPolicy, savePolicy, showIntent, showPolicy, tryPolicy, whatIf } from "./policy/policy_views.ts";
import { showRegressions } from "./regression_view.ts";
import { query } from "./request_fields.ts";
import { riskRanking } from "./risk_view.ts";
import { knownRuns } from "./runs/known_runs.ts";
import { compareRuns, listRuns, showRun } from "./runs/run_views.ts";
import { tamper } from "./tamper.ts";
import type { UiTokens } from "./token.ts";
import { traceDetail } from "./traces/trace_detail.ts";
import { traceIndex } from "./traces/trace_index.ts";
import { answerTraces, traceSearch } from "./traces/trace_query.ts";
import { unwrittenTraces } from "./traces/unwritten.ts";
import { workspaceState } from "./workspace_state.ts";

/** Folders that usually hold intents. */
const INTENT_FOLDERS = ["intents", "examples/policy/intents", "gait-out", "."];

/** The policy that `gait policy init` writes. */
const USUAL_POLICY = "gait.policy.yaml";

/** The page's API. */
export interface UiApi {
  /** By path. */
  readonly routes: ReadonlyMap<string, UiRoute>;
  /** Stop watching. */
  stop(): void;
}

/** Make the API. Each route is one question to the domains; no rule is in it. */
export function uiApi(context: UiContext, tokens: UiTokens, idle: Pick<IdleEnd, "hold">): UiApi {
  const { effects, options, version } = context;
  const { files } = effects;
  const runner = commandRunner(effects);
  const folders = traceFolders(options.traces);
  const unwritten = unwrittenTraces(files);
  const index = traceIndex(folders, files, {
    now: effects.now,
    onChange: () => live.notice("traces"),
    onSkipped: unwritten.add,
  });
  const runFolders = options.runs.length > 0 ? options.runs : ["gait-out"];
  const intentFolders = options.intents.length > 0 ? options.intents : INTENT_FOLDERS;
  const intents = knownIntents(intentFolders, files);
  const policies = knownPolicies(async () => {
    if (options.policy !== undefined) return options.policy;
    return (await readDefaults(files, DEFAULTS_PATH)).gate.policy ?? USUAL_POLICY;
  }, files);
  const runs = knownRuns(runFolders, files);
  const live: Live = watchWorkspace(context, {
    folders: [...folders, ...runFolders, ...intentFolders, ...POLICY_FOLDERS, options.jobRoot],
    traceFolders: folders,
    index,
    unwritten,
    forget: () => [runs, intents, policies].forEach((known) => known.forget()),
  });
  const minter = options.approver && makeMinter(options.approver, effects, version);
  const approvals = { index, intents, policies, effects, minter, folder: options.approvals };
  const policy = { context, policies, intents, traces: index, runs };
  const traces = { index, intents, policies, runs, effects };
  const search = traceSearch(index);
  const ranked = riskRanking(context, index, runs);
  const about = () => ({
    ok: true,
    version,
    read_only: options.readOnly,
    approver: options.approver?.identity ?? "",
  });
  const routes = new Map<string, UiRoute>([
    ["/api/health", get(() => ({ ok: true, service: "gait.ui" }), { open: true })],
    ["/api/state", get(() => workspaceState(files), { open: true })],
    ["/api/exec", {
      method: "POST",
      open: true,
      answer: async (body, authorization) => exec(body, runner, await tokens.check(authorization)),
    }],
    ["/api/session", {
      method: "POST",
      checksItself: true,
      answer: async (_body, authorization) => await openSession(tokens, authorization),
    }],
    ["/api/about", get(about)],
    ["/api/events", { method: "GET", answer: () => eventsAnswer(live, idle) }],
    ["/api/tamper", query(() => tamper(files, runner))],
    ["/api/traces", query((fields) => answerTraces({ index, search, unwritten }, fields, effects.now()))],
    ["/api/trace", query((fields) => traceDetail(fields.text("path"), traces))],
    ["/api/runs", query(() => listRuns(runs))],
    ["/api/run", query((fields) => showRun(fields.text("path"), runs))],
    ["/api/runs/compare", query((fields) => compareRuns(fields.text("left"), fields.text("right"), runs))],
    ["/api/policy", query((fields) => showPolicy(fields, policy))],
    ["/api/policy/keys", query(policyKeys)],
    ["/api/policy/check", query((fields) => checkPolicy(fields, policy))],
    ["/api/policy/try", query(tryPolicy)],
    ["/api/policy/intent", query((fields) => showIntent(fields, policy))],
    ["/api/policy/whatif", query((fields) => whatIf(fields, policy))],
    ["/api/policy/save", query((fields) => savePolicy(fields, policy))],
    ["/api/approvals", query(() => listApprovals(approvals))],
    ["/api/approval", query((fields) => showApproval(fields, approvals))],
    ["/api/approval/start", query((fields) => startApproval(fields, approvals))],
    ["/api/approval/confirm", query((fields) => confirmApproval(fields, approvals))],
    ["/api/jobs", query(() => showJobs(context))],
    ["/api/job", query((fields) => showJob(fields, context))],
    ["/api/job/change", query((fields) => changeJob(fields, context))],
    ["/api/risk", query(ranked)],
    ["/api/regressions", query(() => showRegressions(files))],
    ["/api/doctor", query(() => showHealth(context))],
  ]);
  return { routes, stop: () => live.stop() };
}

function get(answer: () => JsonObject | Promise<JsonObject>, more: { readonly open?: true } = {}): UiRoute {
  return { method: "GET", ...more, answer: async () => json(200, await answer()) };
}

/** Exchange the code of the page's address for the token. */
async function openSession(tokens: UiTokens, authorization: string | undefined): Promise<ServerAnswer> {
  const token = await tokens.redeem(authorization);
  if (token !== undefined) return json(200, { ok: true, token });
  return { ...failed(401, "This link was used already, or is not of this server"), close: true };
}

/** Changes as lines of JSON, an empty list from time to time as a sign of life. */
function eventsAnswer(live: Live, idle: Pick<IdleEnd, "hold">): ServerAnswer {
  return {
    status: 200,
    headers: {
      "content-type": "application/jsonl",
      "x-content-type-options": "nosniff",
      "cache-control": "no-store",
    },
    body: "",
    async *stream(ended) {
      const release = idle.hold();
      try {
        yield `${JSON.stringify({ topics: [] })}\n`;
        for await (const topics of live.topics(ended)) yield `${JSON.stringify({ topics })}\n`;
      } finally {
        release();
      }
    },
  };
}
