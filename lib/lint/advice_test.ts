/** Advice that the next check refuses sends people round in circles: each is followed here, and checked again. */
import assert from "node:assert/strict";
import { parsePolicy } from "../policy/parse.ts";
import { ALLOW, ASK, GUARD, rules } from "./_test_blocks.ts";
import type { LintId } from "./catalogue.ts";
import { lintPolicy } from "./lint.ts";

const KINDS = ["path", "url", "host", "repo", "bucket", "table", "queue", "topic", "other"];
const SOURCES = ["user", "tool_output", "external", "system"];
const OPEN = "default_verdict: allow\n" + rules(`${GUARD}, match: {endpoint_classes: [fs.delete]}`);
const last = (rule: string) => `${OPEN}  - {name: last, priority: 9, ${rule}}\n`;

/** Policies that follow the advice of a finding, as it is worded. */
const FOLLOWED: readonly (readonly [LintId, ...string[]])[] = [
  ["never-matches", ...KINDS.map((kind) => rules(`${GUARD}, match: {target_kinds: [${kind}]}`))],
  ["never-matches", ...SOURCES.map((source) => rules(`${GUARD}, match: {provenance_sources: [${source}]}`))],
  [
    "never-matches",
    rules(`${GUARD}, match: {max_delegation_depth: 1, allowed_delegator_identities: [lead]}`),
  ],
  [
    "impossible-value",
    ...SOURCES.map((s) => rules(`${ASK}, dataflow: {tainted_sources: [${s}], action: block}`)),
  ],
  [
    "inactive-block",
    ...KINDS.map((k) => rules(`${ASK}, dataflow: {destination_kinds: [${k}], action: block}`)),
  ],
  ["inactive-block", rules(`${ASK}, endpoint: {enabled: true, action: block}`), rules(ASK)],
  [
    "inactive-block",
    rules(`${ASK}, endpoint: {check_args: true, egress_classes: [net.http], path_denylist: [/a/**]}`),
    rules(`${ASK}, endpoint: {egress_classes: [net.http]}`),
  ],
  ["inactive-block", rules(`${ASK}, rate_limit: {requests: 3, window: hour}`)],
  ["inactive-block", "fail_closed:\n  enabled: true\n  required_fields: [targets]\n"],
  [
    "shadowed-rule",
    rules(
      `${GUARD}, match: {tool_names: [b]}`,
      "name: ask, priority: 1, effect: require_approval, match: {tool_names: [a]}",
    ),
    rules(
      "name: all, priority: 0, effect: block",
      "name: ask, priority: -1, effect: require_approval, match: {tool_names: [a]}",
    ),
  ],
  [
    "partly-shadowed-rule",
    rules(
      `${ALLOW}, match: {tool_names: [a, b]}`,
      "name: two, priority: 1, effect: require_approval, min_approvals: 2, match: {tool_names: [b, c]}",
    ),
    rules(
      "name: allow, priority: 2, effect: allow, match: {tool_names: [a, b]}",
      "name: two, priority: 1, effect: require_approval, min_approvals: 2, match: {tool_names: [b, c]}",
    ),
  ],
  [
    "overruled-rule",
    rules(
      "name: allow, priority: 0, effect: allow, match: {tool_names: [a], risk_classes: [low]}",
      `${ASK}, match: {tool_names: [a]}`,
    ),
  ],
  ["default-allow", "default_verdict: block\n", "default_verdict: require_approval\n"],
  ["destructive-default", last("effect: allow")],
  ["profile-refuses", rules(`${ASK}, require_broker_credential: true, match: {risk_classes: [high]}`)],
  ["profile-refuses", rules(`${GUARD}, match: {risk_classes: [high]}`)],
  [
    "destructive-action-blocks",
    rules(`${ASK}, endpoint: {action: require_approval, destructive_action: require_approval}`),
  ],
  ["dataflow-weaker-action", rules(`${GUARD}, dataflow: {enabled: true, action: block}`)],
  [
    "misleading-tool-name",
    `rules:\n  # gait-lint-ignore misleading-tool-name: endpoint_class is always given\n  - {${ASK}, match: {tool_name: fs.format}}\n`,
  ],
  [
    "context-claim",
    `rules:\n  # gait-lint-ignore context-claim: the inventory lists every tool\n  - {${ALLOW}, match: {context_data_classes: [public]}}\n`,
  ],
  ["malformed-pattern", rules(`${ASK}, endpoint: {domain_denylist: ["a[b]"]}`)],
  ["double-star", rules(`${ASK}, endpoint: {path_denylist: [".env", "*/.env", "/srv/**"]}`)],
  ["apex-not-denied", rules(`${ASK}, endpoint: {domain_denylist: ["*.evil.test", evil.test]}`)],
  [
    "shared-counter",
    ...[
      "rate_limit: {requests: 9, window: hour, scope: tool_identity}",
      "rate_limit: {requests: 9, window: minute, scope: identity}",
    ]
      .map((limit) =>
        rules(
          `${ASK}, match: {tool_names: [a]}, ${limit}`,
          `${GUARD}, match: {tool_names: [b]}, destructive_budget: {requests: 1, window: hour, scope: identity}`,
        )
      ),
  ],
  ["delegation-anyway", rules(`${ASK}, match: {require_delegation: true, delegation_scopes: [write]}`)],
  ["unknown-risk-class", rules(`${ASK}, match: {risk_classes: [low, medium]}`)],
];

for (const [id, ...policies] of FOLLOWED) {
  Deno.test(`the advice of ${id}, followed, satisfies the next check (${policies.length} ways)`, async () => {
    for (const policy of policies) {
      await parsePolicy(policy, "policy.yaml");
      for (const profile of ["standard", "oss-prod"] as const) {
        const { findings } = await lintPolicy(policy, "policy.yaml", profile);
        // A profile may ask for more than this finding was about.
        const own = findings.filter(({ level, ruleId }) =>
          level !== "note" && (profile === "standard" || ruleId === id)
        );
        assert.deepEqual(
          own.map(({ ruleId, message }) => `${ruleId}: ${message}`),
          [],
          `${profile}\n${policy}`,
        );
      }
    }
  });
}
