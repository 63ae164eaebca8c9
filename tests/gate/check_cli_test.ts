import assert from "node:assert/strict";
import { onStage } from "../support/gait.ts";

const POLICY = `default_verdict: block
rules:
  - {name: read, effect: allow, match: {tool_names: [tool.read]}, rate_limit: {requests: 1, window: hour}}
  - {name: write, effect: require_approval, match: {tool_names: [tool.write]}}
  - {name: pay, effect: allow, match: {tool_names: [tool.pay]}, require_broker_credential: true}
`;
const intent = (tool: string, n = 0) =>
  JSON.stringify({
    tool_name: tool,
    args: { n },
    context: { identity: "a", workspace: "/w", risk_class: "low" },
  });

Deno.test("gate check decides every intent of files and folders as gate eval does, and writes nothing", () =>
  onStage(async ({ gait, write, files }) => {
    await write("policy.yaml", POLICY);
    await write("in/a.json", intent("tool.read"));
    await write("in/deep/b.json", intent("tool.write"));
    await write("in/pay.json", intent("tool.pay"));
    await write("c.jsonl", `${intent("tool.read", 1)}\n\n{"id": "x", "intent": ${intent("tool.rm")}}\n`);
    const before = await files();
    const { code, json } = await gait`gate check in c.jsonl --policy policy.yaml --json`;
    assert.deepEqual([code, json.ok, json.total], [3, true, 5]);
    assert.deepEqual(json.verdicts, { allow: 2, require_approval: 1, block: 2 });
    assert.deepEqual(
      json.calls.map((
        { intent, verdict, matched_rule, limits_not_counted }: Record<string, unknown>,
      ) => [intent, verdict, matched_rule, limits_not_counted]),
      [
        ["c.jsonl:1", "allow", "read", true],
        ["c.jsonl:3", "block", "", undefined],
        ["in/a.json", "allow", "read", true],
        ["in/deep/b.json", "require_approval", "write", undefined],
        ["in/pay.json", "block", "pay", undefined],
      ],
    );
    assert.deepEqual(await files(), before);
    for (const path of ["in/a.json", "in/deep/b.json", "in/pay.json"]) {
      const single =
        await gait`gate eval --policy policy.yaml --intent ${path} --rate-limit-state s_${path.length}.json --json`;
      const row = json.calls.find(({ intent }: { intent: string }) => intent === path);
      for (const name of ["verdict", "matched_rule", "reason_codes", "violations", "intent_digest"]) {
        assert.deepEqual(row[name] ?? [], single.json[name] ?? [], `${path} ${name}`);
      }
    }
  }));

Deno.test("gate check ends by the strictest verdict", () =>
  onStage(async ({ gait, write }) => {
    await write("policy.yaml", POLICY);
    await write("allow.json", intent("tool.read"));
    await write("approve.json", intent("tool.write"));
    await write("block.json", intent("tool.rm"));
    const code = async (...names: string[]) =>
      (await gait("gate", "check", ...names, "--policy", "policy.yaml")).code;
    assert.equal(await code("allow.json"), 0);
    assert.equal(await code("allow.json", "approve.json"), 4);
    assert.equal(await code("block.json", "approve.json", "allow.json"), 3);
    const paid = "gate check pay.json --policy policy.yaml --credential-broker stub";
    await write("pay.json", intent("tool.pay"));
    assert.equal((await gait(...paid.split(" "))).code, 0);
    assert.equal(await code("pay.json"), 3);
  }));

Deno.test("gate check names the intents that it can't read, and lists the others", () =>
  onStage(async ({ gait, write }) => {
    await write("policy.yaml", POLICY);
    await write("in/a.json", intent("tool.read"));
    await write("in/bad.json", "{");
    await write("in/lines.jsonl", `${intent("tool.read")}\n{"tool_name": "tool.read", "tool_name": "x"}\n`);
    await write("in/none.jsonl", "\n");
    const { code, json } = await gait`gate check in --policy policy.yaml --json`;
    assert.deepEqual([code, json.ok, json.error_code], [6, false, "invalid_input"]);
    assert.deepEqual(json.unreadable, ["in/bad.json", "in/lines.jsonl:2", "in/none.jsonl"]);
    assert.deepEqual(json.verdicts, { allow: 2 });
    assert.equal(json.calls.length, 5);
    const text = await gait`gate check in --policy policy.yaml`;
    assert.equal(text.code, 6);
    assert(text.stdout.includes("in/a.json") && text.stderr.includes("in/bad.json"));
  }));

Deno.test("gate check is no answer when there is nothing to check, or no policy", () =>
  onStage(async ({ gait, write, folder }) => {
    await write("policy.yaml", POLICY);
    await Deno.mkdir(`${folder}/empty`);
    assert.equal((await gait`gate check empty --policy policy.yaml`).code, 6);
    assert.equal((await gait`gate check --policy policy.yaml`).code, 6);
    assert.equal((await gait`gate check missing.json --policy policy.yaml`).code, 6);
    await write("a.json", intent("tool.read"));
    assert.equal((await gait`gate check a.json`).code, 6);
  }));
