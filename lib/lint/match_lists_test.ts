import assert from "node:assert/strict";
import type { Rule } from "../policy/types.ts";
import { parsePolicy } from "../policy/parse.ts";
import { conditionsOf, implies } from "./match_lists.ts";

async function rule(match: string, effect = "allow"): Promise<Rule> {
  const { policy } = await parsePolicy(
    `rules: [{name: a, effect: ${effect}, match: ${match}}]`,
    "policy.yaml",
  );
  return policy.rules[0]!;
}

for (
  const [narrow, wide, follows] of [
    ["{tool_names: [a]}", "{}", true],
    ["{}", "{tool_names: [a]}", false],
    ["{tool_names: [a]}", "{tool_names: [a, b]}", true],
    ["{tool_names: [a, b]}", "{tool_names: [a]}", false],
    ["{tool_names: [a], risk_classes: [low]}", "{tool_names: [a]}", true],
    ["{tool_names: [a]}", "{risk_classes: [a]}", false],
    // Both keys look at the kinds of targets, and a target that meets one meets the other.
    ["{destination_kinds: [url]}", "{target_kinds: [url, host]}", true],
    ["{target_kinds: [url], destination_kinds: [path]}", "{target_kinds: [path]}", true],
    ["{target_kinds: [url]}", "{target_kinds: [url], destination_kinds: [path]}", false],
    ["{destination_values: [/a]}", "{target_values: [/a]}", true],
    ["{destination_kinds: [path]}", "{target_values: [path]}", false],
    ["{identities: [a]}", "{allowed_delegate_identities: [a]}", false],
    ["{workspace_prefixes: [/srv/a]}", "{workspace_prefixes: [/srv, /home]}", true],
    ["{workspace_prefixes: [/srv]}", "{workspace_prefixes: [/srv/a]}", false],
    ["{workspace_prefixes: [/srv/../etc/]}", "{workspace_prefixes: [/srv]}", false],
    ["{workspace_prefixes: ['C:\\work\\a']}", "{workspace_prefixes: ['C:/work/']}", true],
    ["{workspace_prefixes: [/srv/a, /tmp]}", "{workspace_prefixes: [/srv]}", false],
    ["{tool_annotations: {readOnlyHint: true}}", "{tool_annotations: {readOnlyHint: true}}", true],
    ["{tool_annotations: {readOnlyHint: true}}", "{tool_annotations: {readOnlyHint: false}}", false],
    ["{tool_annotations: {readOnlyHint: true}}", "{tool_annotations: {openWorldHint: true}}", false],
    ["{delegation_scopes: [write]}", "{require_delegation: true}", true],
    ["{max_delegation_depth: 3}", "{require_delegation: true}", true],
    ["{require_delegation: true}", "{max_delegation_depth: 3}", false],
    ["{max_delegation_depth: 0}", "{max_delegation_depth: 1}", true],
    ["{max_delegation_depth: 2}", "{max_delegation_depth: 1}", false],
    ["{allowed_delegator_identities: [a]}", "{allowed_delegate_identities: [a]}", false],
  ] as const
) {
  Deno.test(`${wide} ${follows ? "follows" : "does not follow"} from ${narrow}`, async () => {
    assert.equal(implies(conditionsOf(await rule(narrow)), conditionsOf(await rule(wide))), follows);
  });
}

Deno.test("what a guard takes for a value or a workspace does not follow for a rule that lets calls pass", async () => {
  for (const match of ["{target_values: [/a]}", "{workspace_prefixes: [/srv/]}"]) {
    const [guard, open] = [conditionsOf(await rule(match, "block")), conditionsOf(await rule(match))];
    assert.deepEqual([implies(guard, open), implies(open, guard), implies(guard, guard)], [
      false,
      true,
      true,
    ]);
  }
});
