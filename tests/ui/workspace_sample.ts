/** A working folder with something in every view, made by the commands. */
import assert from "node:assert/strict";
import { argv } from "../support/argv.ts";
import { onStage, type Stage } from "../support/gait.ts";

export const POLICY = `schema_id: gait.gate.policy
schema_version: 1.0.0
default_verdict: block
rules:
  - name: allow-reads
    priority: 10
    effect: allow
    match:
      tool_names: [tool.read, tool.search]
  - name: approve-payments
    priority: 20
    effect: require_approval
    min_approvals: 2
    match:
      tool_names: [tool.pay]
  - name: block-deletes-in-production
    priority: 30
    effect: block
    match:
      tool_names: [tool.delete]
      risk_classes: [high, critical]
    reason_codes: [destructive_tool_blocked]
  - name: allow-deletes-of-drafts
    priority: 40
    effect: allow
    match:
      tool_names: [tool.delete]
      risk_classes: [low]
  - name: approve-mail-to-customers
    priority: 50
    effect: require_approval
    match:
      tool_names: [tool.mail]
`;

/** An intent of the sample. */
export function intent(
  tool: string,
  more: {
    risk?: string;
    identity?: string;
    args?: Record<string, unknown>;
    target?: string;
    operation?: string;
  } = {},
): Record<string, unknown> {
  const { risk = "low", identity = "agent.support", args = {}, target, operation = "read" } = more;
  return {
    schema_id: "gait.gate.intent_request",
    schema_version: "1.0.0",
    created_at: "2026-11-20T08:00:00Z",
    producer_version: "sample",
    tool_name: tool,
    args,
    targets: target === undefined
      ? []
      : [{ kind: "path", value: target, operation, endpoint_class: `fs.${operation}` }],
    context: { identity, workspace: "/srv/shop", risk_class: risk, session_id: "sess-2026-11-20" },
  };
}

const INTENTS: Readonly<Record<string, Record<string, unknown>>> = {
  read_orders: intent("tool.read", {
    args: { path: "/srv/shop/orders.csv" },
    target: "/srv/shop/orders.csv",
  }),
  search_customer: intent("tool.search", { args: { query: "open invoices of customer 4711" } }),
  pay_invoice: intent("tool.pay", {
    risk: "high",
    identity: "agent.billing",
    args: { amount: "1,280.00 EUR", to: "ACME Logistics GmbH", invoice: "2026-1187" },
  }),
  delete_orders: intent("tool.delete", {
    risk: "high",
    args: { path: "/srv/shop/orders.csv" },
    target: "/srv/shop/orders.csv",
    operation: "delete",
  }),
  delete_draft: intent("tool.delete", {
    args: { path: "/srv/shop/drafts/17.md" },
    target: "/srv/shop/drafts/17.md",
    operation: "delete",
  }),
  mail_customer: intent("tool.mail", {
    identity: "agent.marketing",
    args: { to: "customer 4711", text: "Your order" },
  }),
  deploy: intent("tool.deploy", {
    risk: "critical",
    identity: "agent.release",
    args: { target: "production" },
  }),
};

/** Record for `gait run record`: what a small agent did. */
export function runRecord(
  runId: string,
  calls: readonly (readonly [tool: string, args: unknown, status: string])[],
): string {
  const head = {
    schema_version: "1.0.0",
    created_at: "2026-11-20T09:00:00Z",
    producer_version: "sample",
    run_id: runId,
  };
  return JSON.stringify({
    run: {
      schema_id: "gait.runpack.run",
      ...head,
      env: { os: "linux", arch: "amd64", runtime: "python" },
      timeline: [{ event: "start", ts: "2026-11-20T09:00:00Z" }],
    },
    intents: calls.map(([tool_name, args], i) => ({
      schema_id: "gait.runpack.intent",
      ...head,
      created_at: `2026-11-20T09:00:0${i}Z`,
      intent_id: `call_${i + 1}`,
      tool_name,
      args,
    })),
    results: calls.map(([, , status], i) => ({
      schema_id: "gait.runpack.result",
      ...head,
      created_at: `2026-11-20T09:00:0${i}Z`,
      intent_id: `call_${i + 1}`,
      status,
      result: { status, items: i + 3 },
    })),
    refs: { schema_id: "gait.runpack.refs", ...head, receipts: [] },
    capture_mode: "raw",
  });
}

let sample: Promise<string> | undefined;

/** Fill a folder: a copy, times of files included, of one that is made once for all tests of a file. */
export async function fillWorkspace({ folder }: Stage): Promise<void> {
  sample ??= makeSample();
  await copyAll(await sample, folder);
}

async function makeSample(): Promise<string> {
  const kept = await Deno.makeTempDir({ prefix: "gait-workspace-" });
  addEventListener("unload", () => Deno.removeSync(kept, { recursive: true }));
  await onStage(async (stage) => {
    await makeWorkspace(stage);
    await copyAll(stage.folder, kept);
  });
  return kept;
}

async function copyAll(from: string, to: string): Promise<void> {
  const { success, stderr } = await new Deno.Command("cp", { args: ["-a", `${from}/.`, to] }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
}

async function makeWorkspace(stage: Stage): Promise<void> {
  const run = async (args: readonly string[], codes = [0]) => {
    const result = await stage.gait(...args);
    if (!codes.includes(result.code)) {
      throw new Error(`gait ${args.join(" ")}: ${result.code} ${result.stdout}${result.stderr}`);
    }
    return result;
  };
  await stage.write("policy.yaml", POLICY);
  await run(argv`keys init --out-dir keys --json`);
  await run(argv`keys trust add keys/gait_public.key --name gate --json`);
  for (const [name, content] of Object.entries(INTENTS)) {
    await stage.write(`intents/${name}.json`, JSON.stringify(content, null, 2));
    await run(
      argv`gate eval --policy policy.yaml --intent intents/${name}.json --trace-out gait-out/traces/trace_${name}.json
        --key-mode prod --private-key keys/gait_private.key --json`,
      [0, 3, 4],
    );
  }
  await run(argv`demo --json`);
  await run(argv`demo --durable --json`);
  const monday: [string, unknown, string][] = [
    ["tool.search", { query: "open invoices" }, "ok"],
    ["tool.read", { path: "/srv/shop/orders.csv" }, "ok"],
    ["tool.mail", { to: "customer 4711" }, "ok"],
    ["tool.archive", { folder: "2025" }, "ok"],
  ];
  const tuesday: [string, unknown, string][] = [
    monday[0]!,
    ["tool.read", { path: "/srv/shop/customers.csv" }, "ok"],
    ["tool.delete", { path: "/srv/shop/drafts/17.md" }, "error"],
    monday[2]!,
  ];
  await stage.write("monday.json", runRecord("run_monday", monday));
  await stage.write("tuesday.json", runRecord("run_tuesday", tuesday));
  await run(argv`run record --input monday.json --json`);
  await run(argv`run record --input tuesday.json --json`);
  await Deno.remove(stage.path("monday.json"));
  await Deno.remove(stage.path("tuesday.json"));
  await run(argv`regress init --from run_monday --json`);
  await run(argv`regress init --from run_demo --json`);
  await run(argv`regress run --candidate run_monday=run_tuesday --json`, [0, 5]);
  await run(argv`job submit --id nightly-invoices --actor mia --json`);
  await run(
    argv`job checkpoint add --id nightly-invoices --type progress --summary ${"412 of 980 invoices matched"} --json`,
  );
  await run(argv`job submit --id weekly-report --actor mia --json`);
  await run(argv`job pause --id weekly-report --actor mia --json`);
  await run(argv`pack build --from run_monday --json`);
}
