/** Where the facts for `context_*` keys come from, through the executable and the library. */
import assert from "node:assert/strict";
import { onStage } from "../support/gait.ts";

const POLICY = `default_verdict: block
rules:
  - {name: public, effect: allow, match: {context_data_classes: [public]}}
`;
const intent = (tool: string) =>
  JSON.stringify({
    tool_name: tool,
    args: {},
    context: {
      identity: "agent",
      workspace: "/w",
      risk_class: "low",
      auth_context: { "wrkr.data_class": "public" },
    },
  });

Deno.test("a claim of the caller meets a rule only where the policy lets it", () =>
  onStage(async ({ gait, write }) => {
    await write("open.yaml", POLICY);
    await write("strict.yaml", `context_facts: inventory_only\n${POLICY}`);
    await write("inventory.json", JSON.stringify([{ tool_name: "tool.known", data_class: "public" }]));
    for (const tool of ["tool.known", "tool.other"]) await write(`${tool}.json`, intent(tool));
    const decide = async (policy: string, tool: string, ...more: string[]) =>
      (await gait("gate", "eval", "--policy", policy, "--intent", `${tool}.json`, "--json", ...more)).json;
    assert.equal((await decide("open.yaml", "tool.other")).verdict, "allow");
    assert.equal((await decide("strict.yaml", "tool.other")).verdict, "block");
    const inventory = ["--wrkr-inventory", "inventory.json", "--explain-decision"];
    assert.equal((await decide("strict.yaml", "tool.known", ...inventory)).verdict, "allow");
    const other = await decide("strict.yaml", "tool.other", ...inventory);
    assert.equal(other.verdict, "block");
    assert.equal(other.explanation.calls[0].matched, undefined);
    // The record keeps what the caller said: the digest of the intent is the same.
    assert.equal(other.intent_digest, (await decide("open.yaml", "tool.other")).intent_digest);
    const lint = async (policy: string) =>
      ((await gait("policy", "lint", policy, "--json")).json.findings ?? []).map((
        { rule_id: id }: { rule_id: string },
      ) => id);
    assert((await lint("open.yaml")).includes("context-claim"));
    assert(!(await lint("strict.yaml")).includes("context-claim"));
    for (const policy of ["open.yaml", "strict.yaml"]) {
      assert.equal((await gait("policy", "fmt", policy, "--write")).code, 0);
    }
    assert.equal((await decide("strict.yaml", "tool.other")).verdict, "block");
  }));
