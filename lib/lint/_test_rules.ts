import { ALLOW, ASK, type Example, GUARD, rules } from "./_test_blocks.ts";

/** Examples of findings about rules as a whole, about the default and the profile. */
export const RULE_EXAMPLES: readonly Example[] = [
  {
    id: "never-matches",
    policy: rules(`${GUARD}, match: {target_kinds: [@file]}`),
    level: "error",
    clean: rules(`${GUARD}, match: {target_kinds: [path]}`),
  },
  {
    id: "never-matches",
    policy: rules(`${ALLOW}, match: {@provenance_sources: [web, mail]}`),
    level: "warning",
    clean: rules(`${ALLOW}, match: {provenance_sources: [external]}`),
  },
  {
    id: "never-matches",
    policy: rules(`${GUARD}, match: {@max_delegation_depth: 0, allowed_delegator_identities: [lead]}`),
    level: "error",
    clean: rules(`${GUARD}, match: {max_delegation_depth: 0, allowed_delegate_identities: [lead]}`),
  },
  {
    id: "impossible-value",
    policy: rules(`${GUARD}, match: {destination_kinds: [url, @hosts]}`),
    clean: rules(`${GUARD}, match: {destination_kinds: [url, Host]}`),
  },
  {
    id: "impossible-value",
    policy: rules(`${ASK}, dataflow: {tainted_sources: [user, @web], action: block}`),
    clean: rules(`${ASK}, dataflow: {tainted_sources: [user, external], action: block}`),
  },
  {
    id: "blank-values",
    policy: rules(`${ALLOW}, match: {@tool_names: [""]}`),
    level: "error",
    clean: rules(`${ALLOW}, match: {tool_names: ["", t]}`),
  },
  {
    id: "blank-values",
    policy: rules(`${ALLOW}, match: {tool_names: [t]}, endpoint: {@domain_allowlist: ["", " "]}`),
    level: "error",
    clean: rules(`${ALLOW}, match: {tool_names: [t]}, endpoint: {domain_allowlist: ["", a.test]}`),
  },
  {
    id: "blank-values",
    policy: rules(`${GUARD}, match: {@tool_name: " "}`),
    level: "warning",
    clean: rules(`${GUARD}, match: {tool_name: ""}`),
  },
  {
    id: "shadowed-rule",
    policy: rules(
      `${ASK}, match: {tool_names: [a, b]}`,
      `@${GUARD}, match: {tool_names: [a], risk_classes: [low]}`,
    ),
    level: "error",
    clean: rules(`${ASK}, match: {tool_names: [a, b]}`, `${GUARD}, match: {tool_names: [a, c]}`).replace(
      "a, b",
      "b",
    ),
  },
  {
    id: "shadowed-rule",
    policy: rules("name: all, effect: block", `@${ASK}, match: {tool_names: [a]}`),
    level: "warning",
    clean: rules("name: all, priority: 9, effect: block", `${ASK}, match: {tool_names: [a]}`),
  },
  {
    id: "partly-shadowed-rule",
    policy: rules(`${ASK}, match: {risk_classes: [high]}`, `@${GUARD}, match: {tool_names: [a]}`),
    clean: rules(
      `${ASK}, match: {tool_names: [a], risk_classes: [high]}`,
      `${GUARD}, match: {tool_names: [a]}`,
    ),
  },
  {
    id: "partly-shadowed-rule",
    policy: rules(
      `${ALLOW}, match: {tool_names: [a, b]}`,
      `@name: two, priority: 2, effect: require_approval, min_approvals: 2, match: {tool_names: [b, c]}`,
    ),
    clean: rules(
      `${ALLOW}, match: {tool_names: [a, b]}`,
      `name: two, priority: 1, effect: require_approval, min_approvals: 2, match: {tool_names: [b, c]}`,
    ),
  },
  // Rules of one effect, of which the later asks for more.
  ...["min_approvals: 2", "require_distinct_approvers: true", "require_broker_credential: true"].map((
    demand,
  ) => ({
    id: "partly-shadowed-rule" as const,
    policy: rules(
      `${ALLOW}, match: {tool_names: [a, b]}`,
      `@name: two, priority: 2, effect: allow, ${demand}, match: {tool_names: [b, c]}`,
    ),
    clean: rules(
      `${ALLOW}, match: {tool_names: [a, b]}`,
      `name: two, priority: 2, effect: allow, match: {tool_names: [b, c]}`,
    ),
  })),
  {
    id: "partly-shadowed-rule",
    policy: rules(
      `${ALLOW}, match: {tool_names: [a, b]}`,
      `@name: two, priority: 2, effect: allow, match: {tool_names: [b, c], require_delegation: true}`,
    ),
    clean: rules(
      `${ALLOW}, match: {tool_names: [a, b]}`,
      `name: two, priority: 2, effect: allow, match: {tool_names: [b, c]}`,
    ),
  },
  {
    id: "overruled-rule",
    policy: rules(
      `@${ALLOW}, match: {tool_names: [a], risk_classes: [low]}`,
      `${ASK}, match: {tool_names: [a]}`,
    ),
    clean: rules(
      `${ALLOW}, match: {tool_names: [a]}`,
      `${ASK}, match: {tool_names: [a], risk_classes: [low]}`,
    ),
  },
  {
    id: "duplicate-rule-name",
    policy: rules(`${ASK}, match: {tool_names: [a]}`, `@${ASK}, match: {tool_names: [b]}`),
    clean: rules(`${ASK}, match: {tool_names: [a]}`, `${GUARD}, match: {tool_names: [b]}`),
  },
  {
    id: "default-allow",
    policy: "# open\n@default_action: allow\n",
    clean: "default_action: dry_run\n",
  },
  {
    id: "destructive-default",
    policy: `@default_verdict: allow\n${rules(`${GUARD}, match: {endpoint_classes: [fs.delete]}`)}`,
    clean: `default_verdict: allow\n${rules("name: rest, effect: allow")}`,
  },
  {
    id: "any-risk",
    policy: rules(`@${ALLOW}`),
    clean: rules(`${ALLOW}, match: {risk_classes: [low, medium]}`),
  },
  {
    id: "any-risk",
    policy: rules(`@${ALLOW}, match: {identities: [ana]}`),
    clean: rules(`${ALLOW}, match: {identities: [ana]}, require_broker_credential: true`),
  },
  {
    id: "runs-code",
    policy: rules(`${ALLOW}, match: {tool_names: [docs.read, @mcp__shell__bash]}`),
    clean: rules(`${ASK}, match: {tool_names: [docs.read, mcp__shell__bash]}`),
  },
  {
    id: "profile-refuses",
    policy: rules(`@${ASK}, match: {risk_classes: [high]}`),
    level: "note",
    clean: rules(`${ASK}, match: {risk_classes: [high]}, require_broker_credential: true`),
  },
];
