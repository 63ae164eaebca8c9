import assert from "node:assert/strict";
import { onStage } from "../support/gait.ts";
import { gatedSession } from "../support/gated.ts";

Deno.test("a gated session becomes one pack that proves what was asked, decided, approved and done", () =>
  onStage(async (stage) => {
    const { gait } = stage;
    await gatedSession(stage);
    const built = await gait`pack build --from-traces t,approval.json,results.jsonl --policy policy.yaml
      --session s1 --private-key gate/gate_private.key --out proof.zip --json`;
    assert.equal(built.code, 0, built.stdout);
    assert.deepEqual([built.json.pack_type, built.json.source_ref, built.json.notes], [
      "run",
      "s1",
      undefined,
    ]);
    const verified = await gait`pack verify proof.zip --require-signature --require-authorization --json`;
    assert.equal(verified.code, 0, verified.stdout);
    const strict = await gait`pack verify proof.zip --profile strict --public-key gate/gate_public.key
      --approval-public-key dana/dana_public.key --json`;
    assert.deepEqual([strict.code, strict.json.verify.findings], [0, undefined], strict.stdout);
    const { json } = await gait`pack inspect proof.zip --json`;
    assert.deepEqual(
      json.inspect.decisions.map((
        { tool_name, verdict, approved_by, done, status }: Record<string, unknown>,
      ) => [tool_name, verdict, approved_by, done, status]),
      [
        ["tool.read", "allow", undefined, "executed", "ok"],
        ["tool.write", "require_approval", undefined, "not_executed", "approval_required"],
        ["tool.write", "allow", [{ approver: "dana", reason_code: "CHG-7" }], "executed", "ok"],
        ["tool.rm", "block", undefined, "not_executed", "blocked"],
      ],
    );
    const text = await gait`pack inspect proof.zip`;
    assert.match(text.stdout, /tool\.write +allow +dana \(CHG-7\) +executed/);
    const page = await gait`pack export proof.zip --html page.html --public-key gate/gate_public.key --json`;
    assert.equal(page.code, 0, page.stdout);
    const again = await gait`pack build --from-traces t,approval.json,results.jsonl --policy policy.yaml
      --session s1 --private-key gate/gate_private.key --out again.zip --json`;
    assert.equal(again.json.pack_id, built.json.pack_id);
    assert.equal((await gait`pack diff proof.zip again.zip`).code, 0);
    assert.equal((await gait`regress init --from proof.zip --name gated`).code, 0);
  }));

Deno.test("pack build --from-traces without the policy names its digest", () =>
  onStage(async (stage) => {
    const { gait } = stage;
    await gatedSession(stage);
    const built = await gait`pack build --from-traces t,approval.json --policy policy.yaml --without-policy
      --out proof.zip --json`;
    assert.equal(built.code, 0, built.stdout);
    const { json } = await gait`pack inspect proof.zip --json`;
    const [policy] = json.inspect.run_authorization.policies;
    assert.equal(policy.policy_digest, (await gait`policy validate policy.yaml --json`).json.policy_digest);
    assert.equal(policy.path, undefined);
    assert.equal(json.inspect.decisions[0].done, "unknown");
    assert.equal((await gait`pack verify proof.zip`).code, 0);
  }));

Deno.test("pack build --from-traces takes a run that was recorded elsewhere, if traces decide all of its calls", () =>
  onStage(async (stage) => {
    const { gait, write } = stage;
    await gatedSession(stage);
    const record = async (id: string, calls: readonly (readonly [string, number, string])[]) => {
      await write(
        `${id}.json`,
        JSON.stringify({
          run: { run_id: id, created_at: "2026-03-02T09:00:00Z", timeline: [] },
          intents: calls.map(([tool_name, n], at) => ({ intent_id: `i${at}`, tool_name, args: { n } })),
          results: calls.map(([, , status], at) => ({ intent_id: `i${at}`, status, result: {} })),
          capture_mode: "raw",
        }),
      );
      assert.equal((await gait`run record ${id}.json`).code, 0);
    };
    const build = async (id: string) =>
      (await gait`pack build ${id} --from-traces t,approval.json --policy policy.yaml --out ${id}.zip`).code;
    await record("good", [["tool.write", 0, "ok"], ["tool.read", 0, "error"], ["tool.rm", 0, "blocked"]]);
    assert.equal(await build("good"), 0);
    assert.equal((await gait`pack verify good.zip`).code, 0);
    // What recorders of guards and of Python say of calls that a gate stopped.
    await record("verdicts", [["tool.rm", 0, "block"], ["tool.write", 0, "require_approval"]]);
    assert.equal(await build("verdicts"), 0);
    assert.equal((await gait`pack verify verdicts.zip`).code, 0);
    const { decisions } = (await gait`pack inspect verdicts.zip --json`).json.inspect;
    const stopped = decisions.filter(({ intent_id }: { intent_id?: string }) => intent_id !== undefined);
    assert.deepEqual(stopped.map(({ done }: { done: string }) => done), ["not_executed", "not_executed"]);
    await record("blocked", [["tool.rm", 0, "ok"]]);
    await record("twice", [["tool.read", 0, "ok"], ["tool.read", 0, "ok"]]);
    await record("other", [["tool.read", 1, "ok"]]);
    await record("unasked", [["tool.look", 0, "blocked"]]);
    for (const id of ["blocked", "twice", "other", "unasked"]) assert.equal(await build(id), 6, id);
  }));

Deno.test("pack build --from-traces refuses what would prove less than it seems, and writes nothing", () =>
  onStage(async (stage) => {
    const { gait, write, files } = stage;
    await gatedSession(stage);
    await write("other.yaml", "default_verdict: allow\n");
    const code = async (...rest: string[]) =>
      (await gait("pack", "build", "--from-traces", ...rest, "--out", "p.zip")).code;
    assert.equal(await code("t,approval.json"), 6, "no policy");
    assert.equal(await code("t,approval.json", "--policy", "other.yaml"), 6, "another policy");
    assert.equal(await code("t", "--policy", "policy.yaml"), 6, "no approval token");
    assert.equal(await code("t,approval.json", "--policy", "policy.yaml", "--session", "s2"), 6);
    assert.equal(await code("t,approval.json", "--policy", "policy.yaml", "--type", "job"), 6);
    assert.equal(
      await code("t/trace_tool.read0.json,t/../t/trace_tool.read0.json", "--policy", "policy.yaml"),
      0,
    );
    assert.equal((await gait`pack build run_demo --policy policy.yaml --out q.zip`).code, 6);
    assert.equal((await gait`pack build run_demo --session s1 --out q.zip`).code, 6);
    assert(!(await files()).includes("q.zip"));
  }));
