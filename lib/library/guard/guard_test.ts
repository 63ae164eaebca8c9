import assert from "node:assert/strict";
import { GaitError, invalidInput } from "../../errors/mod.ts";
import type { JsonObject } from "../../formats/json/mod.ts";
import type { IntentRequest } from "../intent_request.ts";
import type { DecidingGate, GuardDecision } from "./call.ts";
import { Guard, type GuardOptions } from "./guard.ts";
import { guardTool } from "./guard_tool.ts";
import { recordRun } from "../runs.ts";
import { RunRecorder } from "./recorder.ts";
import { Refusal, RefusedError } from "./refusal.ts";

const context = { identity: "a", workspace: "/w", risk_class: "low" };
const DIGEST = "a".repeat(64);

/** A gate that gives the verdicts in turn, the last one for ever, and remembers what it was asked. */
function gateOf(...verdicts: (string | Error)[]) {
  const asked: { intent: IntentRequest; tokens: readonly JsonObject[] }[] = [];
  const gate: DecidingGate = {
    decide(intent, { approvalTokens = [] } = {}) {
      asked.push({ intent, tokens: approvalTokens });
      const verdict = verdicts.length > 1 ? verdicts.shift()! : verdicts[0]!;
      if (verdict instanceof Error) return Promise.reject(verdict);
      const digests = { intentDigest: DIGEST, policyDigest: DIGEST, traceId: "t1" };
      return Promise.resolve({ verdict, reasonCodes: ["why"], ...digests } as unknown as GuardDecision);
    },
  };
  return { gate, asked };
}

const call = (args: JsonObject = { path: "/x" }) => ({
  name: "fs.read",
  args,
  callId: "c1",
  sessionId: "s1",
});
const never = () => assert.fail("the tool ran");

Deno.test("run() executes after an allow, with the arguments that were decided", async () => {
  const { gate, asked } = gateOf("allow");
  const args = { path: "/x", deep: { n: 1 } };
  const guard = new Guard({
    async decide(intent) {
      args.deep.n = 2; // whoever gave the arguments changes them while the gate decides
      return await gate.decide(intent);
    },
  }, { context, targets: { "fs.read": ({ args }) => [{ kind: "path", value: String(args.path) }] } });
  const result = await guard.run(call(args), (decided) => decided);
  assert.deepEqual(result, { path: "/x", deep: { n: 1 } });
  assert.deepEqual(asked[0]!.intent, {
    tool_name: "fs.read",
    args: { path: "/x", deep: { n: 1 } },
    targets: [{ kind: "path", value: "/x" }],
    context: { ...context, session_id: "s1", request_id: "c1" },
  });
});

for (
  const [verdict, expected] of [
    ["block", "block"],
    ["dry_run", "dry_run"],
    ["require_approval", "require_approval"],
    ["ALLOW", "block"],
    ["", "block"],
    [invalidInput("no"), "error"],
    [new Error("boom"), "error"],
  ] as const
) {
  Deno.test(`run() refuses at ${String(verdict) || "an empty verdict"}`, async () => {
    const guard = new Guard(gateOf(verdict).gate, { context });
    const refusal = await guard.run(call(), never);
    assert.ok(refusal instanceof Refusal);
    assert.deepEqual([refusal.verdict, refusal.executed], [expected, false]);
    assert.deepEqual(JSON.parse(String(refusal)), JSON.parse(JSON.stringify(refusal)));
    assert.equal(refusal.request !== undefined, expected === "require_approval");
  });
}

Deno.test("run() refuses arguments that no digest covers, and facts that can't be found out, without asking", async () => {
  const { gate, asked } = gateOf("allow");
  const circle: Record<string, unknown> = {};
  circle.self = circle;
  const odd = [new Date(0), [], null, undefined, "text", { at: new Date(0) }, { n: 2 ** 60 }, circle, {
    f: never,
  }];
  for (const args of odd) {
    const refusal = await new Guard(gate, { context }).run({ name: "t", args: args as JsonObject }, never);
    assert.ok(refusal instanceof Refusal && refusal.verdict === "error");
  }
  const failing: GuardOptions[] = [
    { context: () => assert.fail("no context") },
    { context, targets: () => assert.fail("no targets") },
  ];
  for (const options of failing) {
    const refusal = await new Guard(gate, options).run(call(), never);
    assert.ok(refusal instanceof Refusal && refusal.verdict === "error");
  }
  assert.equal(asked.length, 0);
});

Deno.test("an approval is shown to the gate, and what the gate says then counts", async () => {
  const token = { intent_digest: DIGEST, token_id: "1" };
  const asking = (onApproval: GuardOptions["onApproval"], ...verdicts: string[]) => {
    const { gate, asked } = gateOf(...verdicts);
    return { guard: new Guard(gate, { context, onApproval }), asked };
  };
  const approved = asking(
    (request) => {
      assert.deepEqual([request.intentDigest, request.scope], [DIGEST, ["tool:fs.read"]]);
      return [token];
    },
    "require_approval",
    "require_approval",
    "allow",
  );
  assert.equal(await approved.guard.run(call(), () => "done"), "done");
  assert.deepEqual(approved.asked.at(-1)!.tokens, [token]);
  // A token that the gate does not accept opens nothing, and neither does an answer that is none.
  for (const answer of [() => [token], () => [], () => "yes", () => true, () => assert.fail("nobody")]) {
    const { guard } = asking(answer as unknown as GuardOptions["onApproval"], "require_approval");
    assert.ok(await guard.run(call(), never) instanceof Refusal);
  }
  const { guard } = asking(() => assert.fail("asked"), "block");
  assert.ok(await guard.run(call(), never) instanceof Refusal);
});

Deno.test("a granted token is shown once, for its own call", async () => {
  const { gate, asked } = gateOf("require_approval");
  const guard = new Guard(gate, { context });
  assert.throws(() => guard.grant({}), GaitError);
  guard.grant({ intent_digest: DIGEST, token_id: "1" });
  guard.grant({ intent_digest: "b".repeat(64), token_id: "2" });
  await guard.run(call(), never);
  await guard.run(call(), never);
  assert.deepEqual(asked.map(({ tokens }) => tokens.map(({ token_id }) => token_id)), [[], ["1"], []]);
});

Deno.test("a call with arguments that are no object of JSON does not cost the record of its run", async () => {
  const recorder = new RunRecorder("run_1");
  const guard = new Guard(gateOf("allow").gate, { context, recorder });
  const loop: Record<string, unknown> = {};
  loop["loop"] = loop;
  const bare = Object.create(null) as object;
  for (const args of [{ at: new Date(0) }, "text", [1], null, 7n, loop, { bare, big: 1n }, Symbol("s")]) {
    await guard.run(call(args as never), never);
  }
  await guard.run(call(), () => bare);
  await guard.run(call(), () => Object.assign(Object.create(null), { when: new Map() }));
  const { intents } = recorder.request();
  assert.deepEqual(intents!.slice(0, 4).map(({ args }) => args), [
    { raw: '{"at":"1970-01-01T00:00:00.000Z"}' },
    { raw: "text" },
    { raw: "[1]" },
    { raw: "null" },
  ]);
  const { bytes } = await recordRun(recorder.request());
  assert.ok(bytes.length > 0);
});

Deno.test("a recorder has every call once, with what came of it", async () => {
  const recorder = new RunRecorder("run_1");
  const boom = () => Promise.reject(new Error("boom"));
  await new Guard(gateOf("allow").gate, { context, recorder }).run(call(), () => ({ lines: 3 }));
  await new Guard(gateOf("allow").gate, { context, recorder }).run(call(), () => new Map());
  await assert.rejects(new Guard(gateOf("allow").gate, { context, recorder }).run(call(), boom), /boom/);
  await new Guard(gateOf("block").gate, { context, recorder }).run(call(), never);
  await new Guard(gateOf(new Error("x")).gate, { context, recorder }).run(call(), never);
  const { run, intents, results } = recorder.request();
  assert.equal(run.run_id, "run_1");
  assert.deepEqual(intents!.map(({ intent_id }) => intent_id), results!.map(({ intent_id }) => intent_id));
  assert.deepEqual(results!.map(({ status }) => status), ["ok", "ok", "error", "block", "error"]);
});

Deno.test("guardTool() throws or returns the refusal, and passes on everything else", async () => {
  const { gate } = gateOf("allow");
  const add = guardTool(
    gate,
    { name: "add", context },
    ({ a, b }: { a: number; b: number }, more: number) => a + b + more,
  );
  assert.equal(await add({ a: 1, b: 2 }, 3), 6);
  const stopped = guardTool(gateOf("block").gate, { context }, function remove(_: { path: string }) {
    return never();
  });
  await assert.rejects(
    stopped({ path: "/x" }),
    (error) =>
      error instanceof RefusedError && error.code === "policy_blocked" && error.refusal.verdict === "block",
  );
  const returned = guardTool(
    gateOf("require_approval").gate,
    { name: "t", context, onRefusal: "return" },
    never,
  );
  const refusal = await returned({});
  assert.equal(refusal instanceof Refusal && refusal.request?.toolName, "t");
});

Deno.test("a refusal as an error has the code and the hint of what stopped the call", async () => {
  const missing = new GaitError("dependency_missing", "Cannot run", { hint: "Name it", detail: "not_found" });
  for (
    const [outcome, code, hint] of [
      ["block", "policy_blocked", undefined],
      ["dry_run", "policy_blocked", undefined],
      [missing, "dependency_missing", "Name it"],
      [invalidInput("Bad intent"), "invalid_input", undefined],
      [new Error("boom"), "internal_failure", undefined],
    ] as const
  ) {
    const stopped = guardTool(gateOf(outcome).gate, { name: "t", context }, never);
    await assert.rejects(
      stopped({}),
      (error) => error instanceof RefusedError && error.code === code && error.hint === hint,
    );
  }
  await assert.rejects(guardTool(gateOf(missing).gate, { context }, never)({}), { detail: "not_found" });
  const stopped = guardTool(gateOf("require_approval").gate, { name: "t", context }, never);
  await assert.rejects(
    stopped({}),
    (error) =>
      error instanceof RefusedError && error.code === "approval_required" &&
      error.hint === error.refusal.request!.approve,
  );
});

Deno.test("a guard is made of a gate, a caller and a function alone", async () => {
  const { gate } = gateOf("allow");
  const loose = guardTool as (...given: unknown[]) => (...args: unknown[]) => Promise<unknown>;
  const tool = () => "done";
  for (
    const [given, message, hint] of [
      [[undefined, { context }, tool], /expected a gate/, /openGate/],
      [[Promise.resolve(gate), { context }, tool], /expected a gate/, /await openGate/],
      [[gate, undefined, tool], /expected an object/],
      [[gate, "fs.read", tool], /expected an object/],
      [[gate, {}, tool], /Missing "context"/, /identity/],
      [[gate, { context: "agent" }, tool], /"context" of options/],
      [[gate, { context, recoder: 1 }, tool], /Unknown member "recoder"/, /recorder/],
      [[gate, { context, onRefusal: "returns" }, tool], /one of throw, return/],
      [[gate, { context, onApproval: [] }, tool], /expected a function/],
      [[gate, { context, name: "t" }], /expected a function/],
      [[gate, { context, name: " " }, tool], /no name/, /name/],
      [[gate, { context }, () => "done"], /no name/, /name/],
    ] as const
  ) {
    assert.throws(() => loose(...given), (error) => {
      assert.ok(error instanceof GaitError && error.code === "invalid_input", String(error));
      assert.match(error.message, message);
      assert.match(error.hint ?? "", hint ?? /^/);
      return true;
    });
  }
  assert.throws(() => new Guard(Promise.resolve(gate) as unknown as DecidingGate, { context }), GaitError);
  assert.throws(() => new RunRecorder(undefined as unknown as string), GaitError);
  const guarded = loose(gate, { context }, tool);
  await assert.rejects(guarded(), { code: "invalid_input", hint: /\{\} for none/ });
  await assert.rejects(guarded('{"path": "/x"}'), { code: "invalid_input", hint: /JSON.parse/ });
});
