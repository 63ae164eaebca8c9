import assert from "node:assert/strict";
import { compile } from "../evaluate/compile.ts";
import { intentDigest } from "../intent/digest.ts";
import { parseIntent } from "../intent/parse.ts";
import { parsePolicy } from "../policy/parse.ts";
import { evaluateCall } from "./evaluate_call.ts";

Deno.test("evaluateCall() uses the digest that its caller made only for the intent that it is of, and while that stays as it is", async () => {
  const policy = await parsePolicy("default_verdict: block\n", "policy");
  const gate = { policy, compiled: compile(policy.policy), profile: "standard" } as const;
  for (const claims of [{}, { context_refs: ["r"] }, { auth_context: { context_age_seconds: 1 } }]) {
    const intent = await parseIntent({
      tool_name: "tool.read",
      args: {},
      targets: [],
      context: { identity: "a", workspace: "/w", risk_class: "low", ...claims },
    });
    const digest = await intentDigest(intent);
    const otherIntent = { ...intent, toolName: "tool.other" };
    const expected = await evaluateCall(gate, { intent }, 0);
    const found = await evaluateCall(gate, { intent, digested: { intent, digest } }, 0);
    assert.deepEqual(found, expected);
    const other = await evaluateCall(gate, {
      intent,
      digested: { intent: otherIntent, digest: await intentDigest(otherIntent) },
    }, 0);
    assert.deepEqual(other, expected);
    assert.equal(found.intentDigest === digest, Object.keys(claims).length === 0);
  }
});
