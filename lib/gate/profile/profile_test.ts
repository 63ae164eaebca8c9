import assert from "node:assert/strict";
import { GaitError } from "../../errors/mod.ts";
import { baseline } from "../../policy/baseline.ts";
import { parsePolicy } from "../../policy/parse.ts";
import { checkPolicy, isStrict, lacksBroker } from "./profile.ts";

const refusal = async (text: string) => {
  const { policy } = await parsePolicy(text, "policy.yaml");
  try {
    checkPolicy("oss-prod", policy, { hasBroker: true, defaultMayPass: false });
    return undefined;
  } catch (error) {
    assert.ok(error instanceof GaitError);
    return { code: error.code, text: error.message, hint: error.hint ?? "", policy };
  }
};

Deno.test("checkPolicy() names every rule that production refuses, and what to set", async () => {
  const found = await refusal(baseline("high").text);
  assert.equal(found?.code, "invalid_input");
  const open = found.policy.rules.filter(lacksBroker).map(({ name }) => name);
  assert.deepEqual(open, ["allow-delegated-egress-write", "destructive-budget-guard"]);
  for (const name of open) assert.ok(found.text.includes(`"${name}"`), name);
  assert.ok(found.hint.includes("require_broker_credential"));
});

Deno.test("checkPolicy() takes the high-risk template once those rules demand a credential", async () => {
  const text = baseline("high").text.replaceAll(
    /- name: (allow-delegated-egress-write|destructive-budget-guard)/g,
    "$&\n    require_broker_credential: true",
  );
  assert.equal(await refusal(text), undefined);
});

Deno.test("checkPolicy() refuses a default that lets pass what no rule names", async () => {
  for (const verdict of ["allow", "dry_run", " Allow "]) {
    assert.equal((await refusal(`default_verdict: "${verdict}"`))?.code, "invalid_input", verdict);
  }
  for (const text of ["default_verdict: block", "default_verdict: require_approval", "rules: []"]) {
    assert.equal(await refusal(text), undefined, text);
  }
});

Deno.test("checkPolicy() takes a risk class that nobody knows for high", async () => {
  const rule = (risk: string) =>
    refusal(`default_verdict: block\nrules: [{name: r, effect: allow, match: {risk_classes: [${risk}]}}]`);
  for (const risk of ["high", "critical", "hihg", "severe"]) {
    assert.equal((await rule(risk))?.code, "invalid_input", risk);
  }
  for (const risk of ["low", "medium"]) assert.equal(await rule(risk), undefined, risk);
  assert(isStrict("standard", "hihg") && isStrict("standard", " High ") && !isStrict("standard", "Medium"));
});
