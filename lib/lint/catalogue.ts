/** The severity of a finding, in the terms of SARIF: an error removes protection, a note is informative. */
export type Level = "error" | "warning" | "note";

/** A lint rule: what all its findings share. */
export interface LintRule {
  readonly level: Level;
  /** One short sentence. */
  readonly title: string;
  /** Why it matters. */
  readonly help: string;
  /** How to fix it. */
  readonly hint: string;
}

/** All lint rules by their stable ids; docs/policy_lint.md has an example of each. */
export const CATALOGUE = {
  "never-matches": {
    level: "error",
    title: "A rule can never match",
    help: "No call can meet all conditions of the rule, so it protects from nothing and allows nothing.",
    hint: "Correct the condition, or remove the rule",
  },
  "impossible-value": {
    level: "warning",
    title: "A listed value can never occur",
    help: "Values of closed sets that no call can have are mistyped, or belong to another key.",
    hint: "Correct the value, or remove it",
  },
  "blank-values": {
    level: "error",
    title: "A list holds nothing but blanks",
    help:
      "Blank items are dropped, and an empty list asks for nothing: the rule matches more than it seems to.",
    hint: "Write the values that are meant, or remove the key",
  },
  "shadowed-rule": {
    level: "warning",
    title: "An earlier rule takes every call of this rule",
    help:
      "The first priority with a matching rule decides alone. When a rule of a smaller priority matches " +
      "whenever this one does, this one is never looked at.",
    hint: "Give the rule a smaller priority than the other, or narrow the other, or remove one of them",
  },
  "partly-shadowed-rule": {
    level: "warning",
    title: "An earlier rule takes some calls of a stricter rule",
    help:
      "For some risk classes, tools or identities an earlier and more lenient rule decides, although it is " +
      "not an exception to this rule.",
    hint: "Give both rules one priority, so that the stricter counts, or swap their order",
  },
  "overruled-rule": {
    level: "warning",
    title: "The effect of this rule never takes hold",
    help:
      "Rules of one priority are evaluated together and the strictest effect counts. A stricter rule of the " +
      "same priority matches whenever this one does.",
    hint: "Give the rule a smaller priority than the other, or remove it",
  },
  "rules-not-compared": {
    level: "warning",
    title: "Not all rules were compared with each other",
    help: "So many rules are similar that comparing all of them would take too long: some that never " +
      "decide may not have been found.",
    hint: "Put what the rules share into fewer of them, or lint the policy in parts",
  },
  "duplicate-rule-name": {
    level: "warning",
    title: "Several rules have one name",
    help: "Traces, reason codes and matched_rule name rules; it is not clear which of them decided.",
    hint: "Give each rule a name of its own",
  },
  "default-allow": {
    level: "warning",
    title: "What no rule matches is allowed",
    help: "A forgotten or mistyped tool name passes unseen.",
    hint: "Set default_verdict to block or require_approval, and allow by rules",
  },
  "destructive-default": {
    level: "warning",
    title: "Destructive calls that no rule matches are allowed",
    help:
      "Only a rule that matches asks for approval of a destructive call; the default verdict does not look " +
      "at what a call does.",
    hint: "Add a last rule without match and with effect allow: then destructive calls need approval",
  },
  "profile-refuses": {
    level: "note",
    title: "The profile oss-prod refuses the policy because of this rule",
    help: "In production nothing of high or critical risk passes without a credential of a broker.",
    hint: "Set require_broker_credential: true, or effect: block",
  },
  "any-risk": {
    level: "note",
    title: "The rule lets calls of any risk pass without saying so",
    help:
      "A rule without risk_classes matches calls of high and critical risk too; in production nothing of that risk " +
      "should pass because it was not considered.",
    hint: "Name the risk_classes that the rule is for, or set require_broker_credential: true",
  },
  "runs-code": {
    level: "warning",
    title: "A tool that runs code is allowed without approval",
    help:
      "Shells, interpreters and the like do whatever they are given. The gate asks for an approval of each of their " +
      "calls, unless the call is still being planned.",
    hint: "Write effect: require_approval, which is what happens, or allow tools that do one thing",
  },
  "destructive-action-blocks": {
    level: "warning",
    title: "destructive_action: require_approval blocks",
    help:
      "The stricter of action and destructive_action counts, and action is block unless written otherwise.",
    hint: "Write action: require_approval as well if a person should be able to approve",
  },
  "dataflow-weaker-action": {
    level: "warning",
    title: "dataflow.action is weaker than the effect of its rule",
    help:
      "The strictest of both counts here; other implementations let dataflow.action replace the effect, " +
      "and so turn a block into a question.",
    hint: "Set dataflow.action to block",
  },
  "misleading-tool-name": {
    level: "note",
    title: "The name of a tool classes its targets wrongly",
    help:
      "A target without operation and endpoint_class is classed by parts of the tool's name, also when they " +
      "stand inside of another word.",
    hint: "Let the caller give endpoint_class for the targets of this tool, and say so: " +
      "# gait-lint-ignore misleading-tool-name: why",
  },
  "open-prefix": {
    level: "warning",
    title: "A workspace prefix fits folders beside it",
    help: "A prefix that does not end in a slash ends anywhere: /srv/repo fits /srv/repo-other as well.",
    hint: "End the prefix in a slash: it stands for the folder and all below it",
  },
  "idle-list": {
    level: "warning",
    title: "A list says nothing about the targets that its rule asks for",
    help:
      "An allow list that has nothing to check is not satisfied, so calls that have such targets alone are " +
      "stopped; a deny list stops none of them.",
    hint: "Remove the list, or ask for targets that it is about",
  },
  "unusable-pattern": {
    level: "warning",
    title: "A host pattern is not a host",
    help: "Hosts are compared without scheme, port and path, so a pattern that has one of them fits none.",
    hint: "Write the host alone",
  },
  "malformed-pattern": {
    level: "warning",
    title: "A pattern is malformed",
    help: "A malformed pattern fits nothing but its own text, so a deny list with it denies nothing.",
    hint: "Close the class with ] and put a character behind each \\",
  },
  "double-star": {
    level: "warning",
    title: "`**` does not cross folders here",
    help:
      "Only a trailing /** behind a folder without wildcards stands for everything below; elsewhere ** is " +
      "the same as *, which stops at each /.",
    hint: "Write <folder>/** without wildcards in <folder>, or one pattern for each depth",
  },
  "apex-not-denied": {
    level: "warning",
    title: "A denied domain itself is not denied",
    help: "*.example.test stands for everything below example.test, but not for example.test itself.",
    hint: "Add the domain without *. to domain_denylist",
  },
  "shared-counter": {
    level: "warning",
    title: "Two limits share a counter",
    help:
      "Limits of one scope and window count under the same key, whichever rule they stand in: calls that " +
      "one rule lets pass use up what the other allows.",
    hint: "Use another scope for one of them, or another window",
  },
  "context-claim": {
    level: "warning",
    title: "A caller can meet this condition by claiming it",
    help:
      "context_* keys read the wrkr.* members of auth_context, which are the caller's own words unless an " +
      "inventory knows the tool.",
    hint:
      "Say context_facts: inventory_only at the top of the policy, or give gait gate eval a --wrkr-inventory " +
      "that lists every tool, and say so: # gait-lint-ignore context-claim: why",
  },
  "literal-wildcard": {
    level: "warning",
    title: "A wildcard in a list of exact values",
    help: "This key compares whole values; a * in it stands for itself.",
    hint: "List the values one by one",
  },
  "unknown-risk-class": {
    level: "note",
    title: "A risk class that has no meaning of its own",
    help: "Risk classes are free texts; one that is not low, medium, high or critical counts as high too.",
    hint: "Use one of low, medium, high, critical unless your callers send this one",
  },
  "inactive-block": {
    level: "warning",
    title: "A block has settings but does nothing",
    help: "Nothing in the block turns it on, so its settings are ignored.",
    hint: "Turn the block on, or remove it",
  },
  "enabled-anyway": {
    level: "warning",
    title: "A block is on although it says enabled: false",
    help: "Any list and any destructive_action turns a block on.",
    hint: "Remove the block to turn it off",
  },
  "delegation-anyway": {
    level: "warning",
    title: "A rule demands a delegation although it says require_delegation: false",
    help: "Each of the other delegation keys makes a call without delegation not match.",
    hint: "Remove the other delegation keys, or write require_delegation: true",
  },
  "ignored-document": {
    level: "warning",
    title: "Only the first document of the file counts",
    help: "What stands behind --- is not part of the policy.",
    hint: "Move the rules into the first document",
  },
  "unused-ignore": {
    level: "warning",
    title: "A comment suppresses a finding that does not exist",
    help: "It would hide the next mistake of its kind on this line.",
    hint: "Remove the comment",
  },
  "bad-ignore": {
    level: "warning",
    title: "A comment to suppress a finding has no effect",
    help: "Only a comment with the name of a finding and a reason suppresses it.",
    hint: "Write # gait-lint-ignore <rule>: why",
  },
} as const satisfies Readonly<Record<string, LintRule>>;

/** The id of a lint rule. */
export type LintId = keyof typeof CATALOGUE;

/** All ids, in the order of the catalogue. */
export const LINT_IDS = Object.keys(CATALOGUE) as LintId[];
