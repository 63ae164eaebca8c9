import type { LintId } from "./catalogue.ts";

/** A policy with one mistake of a kind, and the same policy without it. */
export interface Example {
  readonly id: LintId;
  /** With an `@` before the place of the finding. */
  readonly policy: string;
  readonly level?: "error" | "warning" | "note";
  readonly clean: string;
}

export const rules = (...lines: string[]) => `rules:\n${lines.map((line) => `  - {${line}}\n`).join("")}`;
export const ASK = "name: ask, priority: 1, effect: require_approval";
export const ALLOW = "name: allow, priority: 1, effect: allow";
export const GUARD = "name: guard, priority: 2, effect: block";

/** Examples of findings about blocks and values. */
export const BLOCK_EXAMPLES: readonly Example[] = [
  {
    id: "destructive-action-blocks",
    policy: rules(`${ASK}, endpoint: {@destructive_action: require_approval}`),
    clean: rules(`${ASK}, endpoint: {destructive_action: require_approval, action: require_approval}`),
  },
  {
    id: "dataflow-weaker-action",
    policy: rules(`${GUARD}, dataflow: {enabled: true, @action: require_approval}`),
    clean: rules(`${GUARD}, dataflow: {enabled: true, action: block}`),
  },
  {
    id: "misleading-tool-name",
    policy: rules(`${ASK}, match: {tool_name: @fs.format}`),
    level: "note",
    clean: rules(`${ASK}, match: {tool_name: fs.rm}`),
  },
  {
    id: "misleading-tool-name",
    policy: rules(`${ASK}, match: {tool_names: [@mail/delete_thread]}`),
    level: "warning",
    clean: rules(`${ASK}, match: {tool_names: [mail/delete_message]}`),
  },
  {
    id: "open-prefix",
    policy: rules(`${ALLOW}, match: {workspace_prefixes: [@/srv/repo]}`),
    clean: rules(
      `${ALLOW}, match: {workspace_prefixes: [/srv/repo/]}`,
      `${GUARD}, match: {workspace_prefixes: [/x]}`,
    ),
  },
  {
    id: "idle-list",
    policy: rules(`${ASK}, match: {target_kinds: [table]}, endpoint: {@path_allowlist: [/srv/**]}`),
    clean: rules(`${ASK}, match: {target_kinds: [table, path]}, endpoint: {path_allowlist: [/srv/**]}`),
  },
  {
    id: "idle-list",
    policy: rules(`${ASK}, match: {endpoint_classes: [fs.read]}, endpoint: {@domain_denylist: [evil.test]}`),
    clean: rules(`${ASK}, match: {endpoint_classes: [net.http]}, endpoint: {domain_denylist: [evil.test]}`),
  },
  {
    id: "unusable-pattern",
    policy: rules(`${ASK}, endpoint: {domain_allowlist: [@"https://api.test/"]}`),
    clean: rules(
      `${ASK}, endpoint: {domain_allowlist: [api.test, "[::1]", "2001:db8:*", "*.bücher.test", "a?.test"]}`,
    ),
  },
  {
    id: "unusable-pattern",
    policy: rules(`${ASK}, endpoint: {domain_denylist: [@"evil test"]}`),
    level: "error",
    clean: rules(`${ASK}, endpoint: {domain_denylist: [evil.test]}`),
  },
  {
    id: "malformed-pattern",
    policy: rules(`${ASK}, endpoint: {domain_denylist: [@"a[b"]}`),
    level: "error",
    clean: rules(`${ASK}, endpoint: {domain_denylist: ["a[b]"]}`),
  },
  {
    id: "double-star",
    policy: rules(`${ASK}, endpoint: {path_denylist: [@"**/.env"]}`),
    level: "error",
    clean: rules(`${ASK}, endpoint: {path_denylist: ["*/.env", /etc/**]}`),
  },
  {
    id: "apex-not-denied",
    policy: rules(`${ASK}, endpoint: {domain_denylist: [@"*.evil.test"]}`),
    clean: rules(`${ASK}, endpoint: {domain_denylist: ["*.evil.test", evil.test]}`),
  },
  {
    id: "shared-counter",
    policy: rules(
      `${ASK}, rate_limit: {requests: 9, window: hour, scope: identity}, match: {tool_names: [a]}`,
      `${GUARD}, @destructive_budget: {requests: 1, window: hour, scope: identity}, match: {tool_names: [b]}`,
    ),
    clean: rules(
      `${ASK}, rate_limit: {requests: 9, window: minute, scope: identity}, match: {tool_names: [a]}`,
      `${GUARD}, destructive_budget: {requests: 1, window: hour, scope: identity}, match: {tool_names: [b]}`,
    ),
  },
  {
    id: "context-claim",
    policy: rules(`${ALLOW}, match: {@context_data_classes: [public]}`),
    clean: rules(`${ALLOW}, match: {data_classes: [public]}`),
  },
  {
    id: "literal-wildcard",
    policy: rules(`${ASK}, match: {tool_names: [@"db.*"]}`),
    clean: rules(`${ASK}, match: {tool_names: [db.read]}`),
  },
  {
    id: "unknown-risk-class",
    policy: "fail_closed:\n  enabled: true\n  risk_classes: [@critcal]\n",
    level: "warning",
    clean: "fail_closed:\n  enabled: true\n  risk_classes: [Critical]\n",
  },
  {
    id: "unknown-risk-class",
    policy: rules(`${ASK}, match: {risk_classes: [@regulated]}`),
    level: "note",
    clean: rules(`${ASK}, match: {risk_classes: [medium]}`),
  },
  {
    id: "inactive-block",
    policy: "@fail_closed:\n  required_fields: [targets]\n",
    level: "error",
    clean: "fail_closed:\n  enabled: false\n  required_fields: [targets]\n",
  },
  {
    id: "inactive-block",
    policy: rules(`${ASK}, @rate_limit: {window: hour}`),
    clean: rules(`${ASK}, rate_limit: {window: hour, requests: 1}`),
  },
  {
    id: "inactive-block",
    policy: rules(`${ASK}, @endpoint: {action: block}`),
    clean: rules(`${ASK}, endpoint: {action: block, enabled: true}`),
  },
  {
    id: "inactive-block",
    policy: rules(`${ASK}, @endpoint: {check_args: true}`),
    clean: rules(`${ASK}, endpoint: {check_args: true, path_denylist: [/a/**]}`),
  },
  {
    id: "inactive-block",
    policy: rules(`${ASK}, endpoint: {egress_classes: [net.http], @check_args: true}`),
    clean: rules(`${ASK}, endpoint: {egress_classes: [net.http], check_args: false}`),
  },
  {
    id: "inactive-block",
    policy: rules(`${ASK}, dataflow: {@destination_kinds: [site], action: block}`),
    clean: rules(`${ASK}, dataflow: {destination_kinds: [url], action: block}`),
  },
  {
    id: "enabled-anyway",
    policy: rules(`${ASK}, endpoint: {@enabled: false, path_denylist: [/a]}`),
    clean: rules(`${ASK}, endpoint: {enabled: false}`),
  },
  {
    id: "delegation-anyway",
    policy: rules(`${ASK}, match: {@require_delegation: false, delegation_scopes: [write]}`),
    clean: rules(`${ASK}, match: {delegation_scopes: [write]}`),
  },
  {
    id: "ignored-document",
    policy: "---\ndefault_verdict: block\n@---\nrules: []\n",
    clean: "---\ndefault_verdict: block\n",
  },
  {
    id: "unused-ignore",
    policy: "default_verdict: block\n@# gait-lint-ignore default-allow: it was allow once\n" +
      rules(`${GUARD}, match: {tool_names: [t]}`),
    clean: "# gait-lint-ignore default-allow: a sandbox\ndefault_verdict: allow\n" +
      rules(`${GUARD}, match: {tool_names: [t]}`),
  },
  {
    id: "bad-ignore",
    policy: "@# gait-lint-ignore default-allow\ndefault_verdict: allow\n" +
      rules(`${GUARD}, match: {tool_names: [t]}`),
    clean: "# gait-lint-ignore default-allow: a sandbox\ndefault_verdict: allow\n" +
      rules(`${GUARD}, match: {tool_names: [t]}`),
  },
];
