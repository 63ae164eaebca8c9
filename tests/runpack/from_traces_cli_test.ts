import assert from "node:assert/strict";
import { argv } from "../support/argv.ts";
import { onStage, type Stage } from "../support/gait.ts";

const POLICY = `default_verdict: block
rules:
  - {name: read, effect: allow, match: {tool_names: [tool.read]}}
  - {name: write, effect: require_approval, match: {tool_names: [tool.write]}}
`;
const call = (tool: string, session: string, n = 0) =>
  JSON.stringify({
    tool_name: tool,
    args: { n },
    context: { identity: "a", workspace: "/w", risk_class: "low", session_id: session },
  });

/** Decide calls one by one, as a user does by hand. */
async function decide(
  { gait, write, read }: Stage,
  calls: readonly string[],
  folder = "t",
): Promise<string[]> {
  await write("policy.yaml", POLICY);
  const events: string[] = [];
  for (const [at, one] of calls.entries()) {
    await write("intent.json", one);
    const { json } =
      await gait`gate eval --policy policy.yaml --intent intent.json --trace-out ${folder}/trace_${at}.json --json`;
    events.push(JSON.parse(await read(json.trace_path)).event_id);
  }
  return events;
}

Deno.test("run record --from-traces records the decisions of a session, in order, and the runpack verifies", () =>
  onStage(async (stage) => {
    const { gait } = stage;
    await decide(stage, [
      call("tool.read", "s1"),
      call("tool.write", "s1"),
      call("tool.rm", "s2"),
      call("tool.rm", "s1", 1),
    ]);
    const recorded = await gait`run record --from-traces t --session s1 --json`;
    assert.deepEqual([recorded.code, recorded.json.run_id], [0, "s1"], recorded.stderr);
    assert.equal((await gait`verify s1`).code, 0);
    const { json } = await gait`run inspect s1 --json`;
    assert.deepEqual(
      json.entries.map(({ tool_name, status }: Record<string, string>) => [tool_name, status]),
      [["tool.read", "allowed"], ["tool.write", "approval_required"], ["tool.rm", "blocked"]],
    );
    const again =
      await gait`run record --from-traces t/trace_0.json,t/trace_1.json,t/trace_3.json --run-id s1 --out-dir again --json`;
    assert.equal((await gait`run diff s1 again/runpack_s1.zip`).code, 0);
    assert.equal(again.json.manifest_digest, recorded.json.manifest_digest);
    const whole = await gait`run record --from-traces t --json`;
    assert.match(whole.json.run_id, /^gated_[0-9a-f]{16}$/);
  }));

Deno.test("run record --from-traces takes a simulation for no allow, and the run can be packed with its trace", () =>
  onStage(async ({ gait, write }) => {
    await write("policy.yaml", POLICY);
    await write("intent.json", call("tool.write", "s1"));
    await gait`gate eval --policy policy.yaml --intent intent.json --trace-out t/trace_0.json --simulate`;
    await gait`run record --from-traces t --run-id s1`;
    const { json } = await gait`run inspect s1 --json`;
    assert.deepEqual([json.entries[0].status, json.entries[0].verdict], ["dry_run", "dry_run"]);
    const packed = await gait`pack build --from-traces t --policy policy.yaml --out s1.zip --json`;
    assert.equal(packed.code, 0, packed.json.error);
    assert.equal((await gait`pack verify s1.zip`).code, 0);
  }));

Deno.test("run record --from-traces takes reported results, and the run becomes a regression", () =>
  onStage(async (stage) => {
    const { gait, write } = stage;
    const calls = [call("tool.read", "s1"), call("tool.rm", "s1")];
    const [event] = await decide(stage, calls);
    const result = (status: string) =>
      JSON.stringify({
        schema_id: "gait.gate.result",
        schema_version: "1.0.0",
        created_at: "2026-03-01T10:00:00Z",
        trace_id: "x",
        event_id: event,
        status,
        result: { rows: 3 },
      }) + "\n";
    await write("results.jsonl", result("ok"));
    const record = argv`run record --from-traces t,results.jsonl --run-id good`;
    assert.equal((await gait(...record)).code, 0);
    assert.equal((await gait`regress init --from good --name gated`).code, 0);
    assert.equal((await gait`regress run --candidate good`).code, 0);
    await decide(stage, [calls[0]!, call("tool.write", "s1")], "later");
    assert.equal((await gait`run record --from-traces later --run-id bad`).code, 0);
    assert.equal((await gait`regress run --candidate bad`).code, 5);
  }));

Deno.test("run record --from-traces refuses what it can't tell apart or doesn't know", () =>
  onStage(async (stage) => {
    const { gait, write, read, files } = stage;
    const [event] = await decide(stage, [call("tool.read", "s1")]);
    const before = await files();
    const code = async (...rest: string[]) => (await gait("run", "record", "--from-traces", ...rest)).code;
    const result = {
      schema_id: "gait.gate.result",
      schema_version: "1.0.0",
      created_at: "2026-03-01T10:00:00Z",
    };
    assert.equal(await code("t", "--session", "other"), 6);
    assert.equal(await code("missing"), 6);
    assert.equal(await code("policy.yaml"), 6);
    assert.equal(await code("t", "run.json"), 6);
    assert.equal((await gait`run record run.json --session s1`).code, 6);
    await write("foreign.jsonl", JSON.stringify({ ...result, event_id: "no", status: "ok" }));
    assert.equal(await code("t,foreign.jsonl"), 6);
    const twice = JSON.stringify({ ...result, event_id: event, status: "ok" });
    await write("twice.jsonl", `${twice}\n${twice}\n`);
    assert.equal(await code("t,twice.jsonl"), 6);
    const trace = await read("t/trace_0.json");
    await write("changed/trace_1.json", trace.replace('"verdict": "allow"', '"verdict": "block"'));
    assert.equal(await code("changed"), 6);
    await write(
      "changed/trace_1.json",
      trace.replace('"tool_name": "tool.read"', '"tool_name": "tool.look"'),
    );
    assert.equal(await code("changed"), 6);
    await write("torn/trace_1.json", trace.slice(0, 80));
    assert.equal(await code("torn"), 6);
    assert.deepEqual((await files()).filter((name) => name.startsWith("gait-out/runpack")), []);
    assert.equal(before.length, 3);
  }));
