import assert from "node:assert/strict";
import { compile } from "../evaluate/compile.ts";
import { intentDigest } from "../intent/digest.ts";
import { parseIntent } from "../intent/parse.ts";
import { parsePolicy } from "../policy/parse.ts";
import { evaluateCall } from "./evaluate_call.ts";

Deno.test("evaluateCall() gives the same digest whether its caller made that of the intent, with claims and without", async () => {
  const policy = await parsePolicy("default_verdict: block\n", "policy");
  const gate = { policy, compiled: compile(policy.policy), profile: "standard" } as const;
  for (const claims of [{}, { context_refs: ["r"] }, { auth_context: { context_age_seconds: 1 } }]) {
    const intent = await parseIntent({
      tool_name: "tool.read",
      args: {},
      targets: [],
      context: { identity: "a", workspace: "/w", risk_class: "low", ...claims },
    });
    const rawDigest = await intentDigest(intent);
    const expected = await evaluateCall(gate, { intent }, 0);
    const found = await evaluateCall(gate, { intent, rawDigest }, 0);
    assert.deepEqual(found, expected);
    assert.equal(found.intentDigest === rawDigest, Object.keys(claims).length === 0);
  }
});
