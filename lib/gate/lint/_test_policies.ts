import type { LintId } from "./catalogue.ts";

/** A policy with one mistake of a kind, and the same policy without it. */
export interface Example {
  readonly id: LintId;
  /** With an `@` before the place of the finding. */
  readonly policy: string;
  readonly level?: "error" | "warning" | "note";
  readonly clean: string;
}

const rules = (...lines: string[]) => `rules:\n${lines.map((line) => `  - {${line}}\n`).join("")}`;
const ASK = "name: ask, priority: 1, effect: require_approval";
const ALLOW = "name: allow, priority: 1, effect: allow";
const GUARD = "name: guard, priority: 2, effect: block";

/** Examples of every kind of findings. */
export const EXAMPLES: readonly Example[] = [
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
    id: "never-matches",
    policy: rules(String.raw`${GUARD}, match: {workspace_prefixes: [@'C:\work']}`),
    level: "error",
    clean: rules(`${GUARD}, match: {workspace_prefixes: ['C:/work']}`),
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
    id: "profile-refuses",
    policy: rules(`@${ASK}, match: {risk_classes: [high]}`),
    level: "note",
    clean: rules(`${ASK}, match: {risk_classes: [high]}, require_broker_credential: true`),
  },
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
    id: "path-traversal",
    policy: rules(`${ASK}, endpoint: {path_allowlist: [@/srv/**]}`),
    clean: rules(`${ASK}, endpoint: {path_allowlist: [/srv/a, /srv/b]}`),
  },
  {
    id: "path-traversal",
    policy: rules(`${ASK}, endpoint: {path_allowlist: [@"/srv/*"]}`),
    clean: rules(`${ASK}, endpoint: {path_allowlist: ["/srv/*"], path_denylist: [/srv/..]}`),
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
];
