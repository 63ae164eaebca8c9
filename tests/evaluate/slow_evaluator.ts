import type { JsonValue } from "../../lib/formats/json/mod.ts";
import type { Evaluation } from "../../lib/evaluate/types.ts";
import type { Intent, Target } from "../../lib/intent/types.ts";
import type { EndpointRule, Limit, Policy, Rule } from "../../lib/policy/types.ts";
import type { Verdict } from "../../lib/schema/verdict.ts";
import { slowDomainMatch, slowPathMatch } from "./slow_patterns.ts";
import { isPathToSome, slowAliases, slowClean, slowDomain, slowHosts, slowPaths } from "./slow_places.ts";

/*
 * A second evaluator, written from docs/spec/gate.md section 3 sentence by sentence, plain and slow, sharing nothing with
 * lib/evaluate but types. Where the two differ, one of them misread the spec.
 */

const ORDER: readonly Verdict[] = ["allow", "dry_run", "require_approval", "block"];

function strict(...verdicts: Verdict[]): Verdict {
  return ORDER[Math.max(...verdicts.map((verdict) => ORDER.indexOf(verdict)))]!;
}

function sortedSet(texts: string[]): string[] {
  const bytes = (text: string) => new TextEncoder().encode(text);
  return [...new Set(texts)].filter((text) => text !== "").sort((left, right) => {
    const [a, b] = [bytes(left), bytes(right)];
    for (let i = 0; i < Math.min(a.length, b.length); i++) if (a[i] !== b[i]) return a[i]! - b[i]!;
    return a.length - b.length;
  });
}

/** 3.1 */
export function slowEvaluate(policy: Policy, intent: Intent): Evaluation {
  const failing = failClosedCodes(policy, intent);
  if (failing.length > 0) {
    return {
      ...nothing("block"),
      reasonCodes: sortedSet(failing.map(([reason]) => reason)),
      violations: sortedSet(failing.map(([, violation]) => violation)),
      failedClosed: true,
    };
  }
  return intent.script ? script(policy, intent) : single(policy, intent);
}

/** 2.2: a risk class that nobody knows counts as high as well. */
function risksOf(intent: Intent): string[] {
  const { riskClass } = intent.context;
  return ["low", "medium", "high", "critical"].includes(riskClass) ? [riskClass] : [riskClass, "high"];
}

/** 2.3, item 8: words of operations that run or lose something. */
const RUNS = ["exec", "execute", "spawn", "run", "eval", "evaluate", "shell", "command", "cmd", "script"]
  .concat(["sudo", "popen"]);
const LOSES =
  "delete remove rm unlink rmdir drop truncate del deltree rmtree destroy purge wipe wipefs erase shred"
    .concat(" expunge obliterate nuke prune uninstall dropdb flushdb flushall kill killall pkill terminate")
    .concat(" shutdown reboot poweroff halt mkfs teardown").split(" ");
const said = (target: Target, list: string[]) =>
  (target.operation.match(/[a-z]+/g) ?? []).some((word) => list.includes(word));

/** Of the tools of tests/support/arbitrary.ts, those that run code. */
const SHELLS = ["mcp.shell.bash", "run_python", "node"];

interface Call {
  readonly toolName: string;
  readonly targets: readonly Target[];
}

function isDestructive({ toolName, targets }: Call): boolean {
  return SHELLS.includes(toolName) ||
    targets.some((target) => target.destructive || said(target, RUNS) || said(target, LOSES));
}

function classes({ toolName, targets }: Call): string[] {
  const found = targets.map((target) => target.endpointClass);
  if (SHELLS.includes(toolName) || targets.some((target) => said(target, RUNS))) found.push("proc.exec");
  if (targets.some((target) => target.kind === "path" && said(target, LOSES))) found.push("fs.delete");
  return found;
}

function failClosedCodes({ failClosed }: Policy, intent: Intent): [string, string][] {
  if (!failClosed.enabled || !risksOf(intent).some((risk) => failClosed.riskClasses.includes(risk))) {
    return [];
  }
  const codes: [string, string][] = [];
  const parts = [intent, ...intent.script?.steps ?? []];
  const unknown = parts.some(({ targets }) =>
    targets.some((t) => t.endpointClass === "" || t.endpointClass === "other")
  );
  for (const field of failClosed.requiredFields) {
    if (field === "targets" && parts.some(({ targets }) => targets.length === 0)) {
      codes.push(["fail_closed_missing_targets", "missing_targets"]);
    }
    if (field === "arg_provenance" && parts.some(({ provenance }) => provenance.length === 0)) {
      codes.push(["fail_closed_missing_arg_provenance", "missing_arg_provenance"]);
    }
    if (field === "endpoint_class" && unknown) {
      codes.push(["fail_closed_missing_endpoint_class", "missing_endpoint_class"]);
    }
    if (field === "delegation" && !intent.delegation) {
      codes.push(["fail_closed_missing_delegation", "missing_delegation"]);
    }
    if (field === "context_evidence" && intent.context.contextSetDigest === "") {
      codes.push(["context_evidence_missing", "missing_context_evidence"]);
    }
  }
  if (unknown) codes.push(["fail_closed_endpoint_class_unknown", "endpoint_class_unknown"]);
  return codes;
}

function nothing(verdict: Verdict): Evaluation {
  return {
    verdict,
    reasonCodes: [],
    violations: [],
    matchedRule: "",
    minApprovals: 0,
    requireDistinctApprovers: false,
    requireBrokerCredential: false,
    brokerReference: "",
    brokerScopes: [],
    requireDelegation: false,
    delegationScopes: [],
    failedClosed: false,
  };
}

/** 3.2 */
function single(policy: Policy, intent: Intent): Evaluation {
  const matching = policy.rules.filter((rule) => matches(rule, intent));
  if (matching.length === 0) {
    const verdict = policy.defaultVerdict;
    const minApprovals = verdict === "require_approval" ? 1 : 0;
    return { ...nothing(verdict), reasonCodes: [`default_${verdict}`], minApprovals };
  }
  const first = Math.min(...matching.map((rule) => rule.priority));
  const taken = matching.filter((rule) => rule.priority === first);
  const outcomes = taken.map((rule) => oneRule(rule, intent));
  const verdict = strict(...outcomes.map((outcome) => outcome.effect));
  const same = outcomes.filter((outcome) => outcome.effect === verdict);
  const approval = verdict === "require_approval";
  return {
    ...nothing(verdict),
    reasonCodes: sortedSet(same.flatMap((outcome) => outcome.reasons)),
    violations: sortedSet(same.flatMap((outcome) => outcome.violations)),
    matchedRule: sortedSet(taken.map((rule) => rule.name)).join(","),
    minApprovals: approval ? Math.max(...same.map((outcome) => outcome.minApprovals)) : 0,
    requireDistinctApprovers: approval && same.some(({ rule }) => rule.requireDistinctApprovers),
    requireBrokerCredential: same.some(({ rule }) => rule.requireBrokerCredential),
    brokerReference: sortedSet(same.map(({ rule }) => rule.brokerReference)).join(","),
    brokerScopes: sortedSet(same.flatMap(({ rule }) => [...rule.brokerScopes])),
    requireDelegation: same.some(({ rule }) => rule.match.requireDelegation),
    delegationScopes: sortedSet(
      same.flatMap(({ rule }) => rule.match.requireDelegation ? [...rule.match.delegationScopes] : []),
    ),
    ...limitsOf(same.map(({ rule }) => rule)),
  };
}

function limitsOf(
  sources: readonly { rateLimit?: Limit; destructiveBudget?: Limit }[],
): Pick<Evaluation, "rateLimit" | "destructiveBudget"> {
  const rateLimit = strictestOf(sources.map((source) => source.rateLimit));
  const destructiveBudget = strictestOf(sources.map((source) => source.destructiveBudget));
  return { ...(rateLimit ? { rateLimit } : {}), ...(destructiveBudget ? { destructiveBudget } : {}) };
}

function strictestOf(limits: (Limit | undefined)[]): Limit | undefined {
  return limits.filter((limit) => limit !== undefined).sort((a, b) =>
    a.requests - b.requests ||
    ["minute", "hour"].indexOf(a.window) - ["minute", "hour"].indexOf(b.window) ||
    (a.scope < b.scope ? -1 : a.scope > b.scope ? 1 : 0)
  )[0];
}

function asksForDelegation({ match }: Rule): boolean {
  return match.requireDelegation || match.allowedDelegatorIdentities.length > 0 ||
    match.allowedDelegateIdentities.length > 0 || match.delegationScopes.length > 0 ||
    match.maxDelegationDepth !== undefined;
}

/** 1.3 */
function matches(rule: Rule, intent: Intent): boolean {
  const { match } = rule;
  const { targets, context, skill, delegation } = intent;
  const within = (list: readonly string[], values: readonly string[]) =>
    list.length === 0 || values.some((value) => list.includes(value));
  const fact = (key: string): string[] => {
    const value = context.authContext[key];
    return typeof value === "string" && value.trim() !== "" ? [value.trim().toLowerCase()] : [];
  };
  const hint = (want: boolean | undefined, has: (target: Target) => boolean) =>
    want === undefined || targets.some((target) => has(target) === want);
  const guards = rule.effect === "block" || rule.effect === "require_approval";
  const values = targets.map((target) => target.value);
  const valued = (list: readonly string[]) =>
    within(list, guards ? [...values, ...values.map((value) => value.normalize("NFKC"))] : values) ||
    (guards && targets.some((target) => list.some((value) => isPlace(target, value, context.workspace))));
  if (asksForDelegation(rule) && !delegation) return false;
  const links = delegation?.chain ?? [];
  return within(match.toolNames, [intent.toolName]) &&
    within(match.riskClasses, risksOf(intent)) &&
    within(match.targetKinds, targets.map((target) => target.kind)) &&
    valued(match.targetValues) &&
    within(match.endpointClasses, classes(intent)) &&
    within(match.discoveryMethod, targets.map((target) => target.discoveryMethod)) &&
    hint(match.toolAnnotations.readOnlyHint, (target) => target.readOnlyHint) &&
    hint(match.toolAnnotations.destructiveHint, (target) => target.destructiveHint) &&
    hint(match.toolAnnotations.idempotentHint, (target) => target.idempotentHint) &&
    hint(match.toolAnnotations.openWorldHint, (target) => target.openWorldHint) &&
    within(match.skillPublishers, skill ? [skill.publisher.toLowerCase()] : []) &&
    within(match.skillSources, skill ? [skill.source.toLowerCase()] : []) &&
    within(match.dataClasses, targets.map((target) => target.sensitivity)) &&
    within(match.destinationKinds, targets.map((target) => target.kind)) &&
    valued(match.destinationValues) &&
    within(match.destinationOperations, targets.map((target) => target.operation)) &&
    within(match.provenanceSources, intent.provenance.map((entry) => entry.source)) &&
    within(match.identities, [context.identity]) &&
    (match.workspacePrefixes.length === 0 ||
      isInside(context.workspace, match.workspacePrefixes, guards)) &&
    within(match.contextToolNames, fact("wrkr.tool_name")) &&
    within(match.contextDataClasses, fact("wrkr.data_class")) &&
    within(match.contextEndpointClasses, fact("wrkr.endpoint_class")) &&
    within(match.contextAutonomyLevels, fact("wrkr.autonomy_level")) &&
    within(match.allowedDelegatorIdentities, links.map((link) => link.delegatorIdentity)) &&
    within(match.allowedDelegateIdentities, [
      ...(delegation ? [delegation.requesterIdentity] : []),
      ...links.map((link) => link.delegateIdentity),
    ]) &&
    within(match.delegationScopes, [
      ...(delegation ? [delegation.scopeClass] : []),
      ...links.map((link) => link.scopeClass),
    ]) &&
    (match.maxDelegationDepth === undefined || links.length <= match.maxDelegationDepth);
}

/** Whether a path or a host is a listed one in another spelling. */
function isPlace(target: Target, value: string, workspace: string): boolean {
  if (target.kind === "path" || isPathToSome(target)) {
    const { all, denied } = slowPaths(target.value, workspace);
    const listed = (slowPaths(value, "").all ?? []).map((path) => path.toLowerCase());
    return [...all ?? [], ...denied].some((path) => listed.includes(path.toLowerCase()));
  }
  const listed = slowHosts(value) ?? [];
  return target.kind === "host" && (slowDomain(target)?.hosts ?? []).some((host) => listed.includes(host));
}

/** A prefix ends anywhere, or is a folder when it ends in a slash. */
function isInside(workspace: string, prefixes: readonly string[], guards: boolean): boolean {
  const begins = (path: string, fold: (text: string) => string) =>
    prefixes.some((prefix) => {
      const at = prefix.lastIndexOf("/") + 1;
      const folder = slowClean(prefix.slice(0, at));
      const begin = (folder === "/" ? "/" : `${folder}/`) + prefix.slice(at);
      return fold(path).startsWith(fold(begin)) || fold(`${path}/`) === fold(begin);
    });
  const { all, denied } = slowPaths(workspace, "");
  if (!guards) return all !== undefined && all.every((path) => begins(path, (text) => text));
  return all === undefined || begins(workspace, (text) => text) ||
    all.some((path) => path.startsWith("~") || path.startsWith("$")) ||
    [...all, ...denied].some((path) =>
      begins(path, (text) => text) || begins(path, (text) => text.toLowerCase())
    );
}

interface Outcome {
  readonly rule: Rule;
  readonly effect: Verdict;
  readonly reasons: string[];
  readonly violations: string[];
  readonly minApprovals: number;
}

/** 3.3 */
function oneRule(rule: Rule, intent: Intent): Outcome {
  let effect = rule.effect;
  const reasons = rule.reasonCodes.length > 0
    ? [...rule.reasonCodes]
    : [`matched_rule_${rule.name.toLowerCase().replaceAll(" ", "_").replaceAll("-", "_")}`];
  const violations = [...rule.violations];
  const destructive = isDestructive(intent);

  const flow = rule.dataflow;
  if (flow) {
    const tainted = intent.provenance.some((entry) => flow.taintedSources.includes(entry.source));
    const lists = [flow.destinationKinds, flow.destinationValues, flow.destinationOperations];
    const hit = intent.targets.some((target) =>
      lists.every((list) => list.length === 0)
        ? ["host", "url", "bucket", "queue", "topic"].includes(target.kind)
        : lists.every((list, i) =>
          list.length === 0 || list.includes([target.kind, target.value, target.operation][i]!) ||
          (i === 1 && list.some((value) => isPlace(target, value, intent.context.workspace)))
        )
    );
    if (tainted && hit) {
      // Section 8, no. 4: never relax.
      effect = strict(effect, flow.action);
      reasons.push(flow.reasonCode);
      violations.push(flow.violation);
    }
  }

  const endpoint = rule.endpoint;
  if (endpoint) {
    const codes: string[] = [];
    for (const target of intent.targets) {
      codes.push(...pathCodes(endpoint, target, intent), ...domainCodes(endpoint, target));
      if (
        usesNetwork(target) && endpoint.egressClasses.length > 0 &&
        !endpoint.egressClasses.includes(target.endpointClass)
      ) codes.push("endpoint_egress_class_not_allowed");
    }
    if (endpoint.checkArgs) {
      const texts = Object.values(intent.args).flatMap(textsIn);
      for (const text of texts) codes.push(...argumentCodes(endpoint, text, intent));
    }
    if (nothingChecked(endpoint, intent.targets)) codes.push("endpoint_nothing_checked");
    const found = { reasons: [...codes], violations: [...codes] };
    let candidate: Verdict = endpoint.action;
    if (endpoint.destructiveAction !== "" && destructive) {
      candidate = strict(endpoint.action, endpoint.destructiveAction);
      found.reasons.push("endpoint_destructive_operation");
      found.violations.push("destructive_operation");
    }
    if (found.reasons.length > 0) {
      effect = strict(effect, candidate);
      reasons.push(...found.reasons, endpoint.reasonCode);
      violations.push(...found.violations, endpoint.violation);
    }
  }

  const mode = rule.requireContextEvidence || rule.requiredContextEvidenceMode === "required";
  if (mode || rule.maxContextAgeSeconds > 0) {
    const { contextSetDigest, contextEvidenceMode, authContext } = intent.context;
    const age = authContext.context_age_seconds;
    if (contextSetDigest === "") {
      effect = "block";
      reasons.push("context_evidence_missing", "context_set_digest_missing");
      violations.push("missing_context_evidence");
    }
    if (mode && contextEvidenceMode !== "required") {
      effect = "block";
      reasons.push("context_evidence_mode_mismatch");
      violations.push("context_evidence_mode_violation");
    }
    const tooOld = typeof age !== "number" || !(age >= 0) || age > rule.maxContextAgeSeconds;
    if (rule.maxContextAgeSeconds > 0 && tooOld) {
      effect = "block";
      reasons.push("context_freshness_exceeded");
      violations.push("context_freshness_violation");
    }
  }

  if (destructive && intent.context.phase === "plan") {
    effect = strict(effect, "dry_run");
    reasons.push("plan_phase_non_destructive");
  } else if (destructive) {
    effect = strict(effect, "require_approval");
    reasons.push("destructive_apply_requires_approval");
  }

  const minApprovals = rule.minApprovals === 0 && effect === "require_approval" ? 1 : rule.minApprovals;
  return { rule, effect, reasons, violations, minApprovals };
}

/** All texts of a value, and the names below it. */
function textsIn(value: JsonValue): string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  if (Array.isArray(value)) return value.flatMap(textsIn);
  return Object.entries(value).flatMap(([name, item]) => [name, ...textsIn(item)]);
}

/**
 * An address is a URL; what begins like a path is one, and what climbs out of where it begins, or hides whether it does;
 * any other text without blanks is one to deny lists.
 */
function argumentCodes(endpoint: EndpointRule, value: string, intent: Intent): string[] {
  const argument = { ...NO_TARGET, value };
  if (slowDomain(argument) || isPathToSome(argument)) {
    const kind = isPathToSome(argument) ? "path" : argument.kind;
    return [...pathCodes(endpoint, { ...argument, kind }, intent), ...domainCodes(endpoint, argument)];
  }
  const isName = value.length > 0 && value.length <= 4096 && !/\s/.test(value);
  const { all } = slowPaths(value, intent.context.workspace);
  if (all ? all.some((path) => /^\.\.(?:\/|$)/.test(path)) : isName && /[/\\%]/.test(value)) {
    return pathCodes(endpoint, { ...argument, kind: "path" }, intent);
  }
  if (!isName) return [];
  return pathCodes({ ...endpoint, pathAllowlist: [] }, { ...argument, kind: "path" }, intent)
    .filter((code) => code === "endpoint_path_denied");
}

const NO_TARGET: Target = {
  kind: "argument",
  value: "",
  operation: "",
  sensitivity: "",
  endpointClass: "",
  endpointDomain: "",
  destructive: false,
  discoveryMethod: "",
  readOnlyHint: false,
  destructiveHint: false,
  idempotentHint: false,
  openWorldHint: false,
};

function pathCodes(endpoint: EndpointRule, target: Target, { context }: Intent): string[] {
  const { pathAllowlist, pathDenylist } = endpoint;
  if (target.kind !== "path" && !isPathToSome(target)) return [];
  const { all, denied } = slowPaths(target.value, context.workspace);
  const codes: string[] = [];
  const fits = (path: string, list: readonly string[], isDeny: boolean) =>
    list.some((pattern) => slowPathMatch(pattern, path, isDeny));
  if (pathDenylist.length > 0) {
    if (!all || [...all, ...denied].some((path) => fits(path, pathDenylist, true))) {
      codes.push("endpoint_path_denied");
    }
  }
  if (target.kind !== "path") return codes;
  if (pathAllowlist.length > 0) {
    if (!all?.every((path) => fits(path, pathAllowlist, false))) codes.push("endpoint_path_not_allowlisted");
  }
  if (!all && pathAllowlist.length + pathDenylist.length > 0) codes.push("endpoint_path_unreadable");
  return codes;
}

function domainCodes({ domainAllowlist, domainDenylist }: EndpointRule, target: Target): string[] {
  const domain = slowDomain(target);
  if (!domain) return [];
  const { hosts, lies } = domain;
  const codes: string[] = lies ? ["endpoint_domain_mismatch"] : [];
  const fits = (host: string, list: readonly string[], isDeny: boolean) =>
    list.some((pattern) => slowDomainMatch(pattern, host, isDeny));
  if (domainDenylist.length > 0) {
    const all = [...hosts ?? [], ...slowAliases(hosts ?? [])];
    if (!hosts || all.some((host) => fits(host, domainDenylist, true))) codes.push("endpoint_domain_denied");
  }
  if (domainAllowlist.length > 0) {
    if (!hosts?.every((host) => fits(host, domainAllowlist, false))) {
      codes.push("endpoint_domain_not_allowlisted");
    }
  }
  if (!hosts && domainAllowlist.length + domainDenylist.length > 0) codes.push("endpoint_domain_unreadable");
  return codes;
}

function usesNetwork(target: Target): boolean {
  const [family] = target.endpointClass.split(".");
  const domain = slowDomain(target);
  return family === "net" || (domain !== undefined && !domain.claimedOnly && family !== "ui");
}

/** Allow lists of which none has anything to say about the call, although one of them should. */
function nothingChecked(endpoint: EndpointRule, targets: readonly Target[]): boolean {
  const paths = targets.filter((target) => target.kind === "path");
  const domains = targets.filter((target) => slowDomain(target) !== undefined);
  const networked = targets.filter(usesNetwork);
  const lists = [
    {
      list: endpoint.pathAllowlist,
      about: paths,
      apart: domains.filter((target) => slowDomain(target)!.hosts && !slowDomain(target)!.claimedOnly),
    },
    {
      list: endpoint.domainAllowlist,
      about: domains.filter((target) => target.kind !== "path" || !slowDomain(target)!.claimedOnly),
      apart: [],
    },
    {
      list: endpoint.egressClasses,
      about: networked,
      apart: targets.filter((target) =>
        paths.includes(target) && target.endpointClass.startsWith("fs.") && !domains.includes(target)
      ),
    },
  ].filter(({ list }) => list.length > 0);
  if (lists.some(({ about }) => about.length > 0)) return false;
  return lists.some(({ apart }) => targets.length === 0 || apart.length < targets.length);
}

/** 3.4 */
function script(policy: Policy, intent: Intent): Evaluation {
  const { script, ...request } = intent;
  const same = (a: unknown) => (b: unknown) => JSON.stringify(a) === JSON.stringify(b);
  const inSteps = script!.steps.flatMap((step) => step.targets);
  const own = intent.targets.filter((target) => !inSteps.some(same(target)));
  const sources = script!.steps.flatMap((step) => step.provenance);
  const ownSources = intent.provenance.filter((origin) => !sources.some(same(origin)));
  const decided = script!.steps.map((step) => {
    const args = { script: request.args, step: step.args };
    const alone = single(policy, { ...request, ...step, args });
    const targets = [...step.targets, ...own];
    const provenance = [...step.provenance, ...ownSources];
    return { alone, more: single(policy, { ...request, ...step, args, targets, provenance }) };
  });
  const steps = decided.flatMap(({ alone, more }) => [alone, more]);
  let verdict = strict(...steps.map((step) => step.verdict));
  const reasons = steps.flatMap((step) => [...step.reasonCodes]);
  const violations = steps.flatMap((step) => [...step.violations]);
  let minApprovals = Math.max(...steps.map((step) => step.minApprovals));
  const parts: Call[] = own.length > 0
    ? [...script!.steps, { toolName: "script", targets: own }]
    : [...script!.steps];
  const risks = parts.map((part) => {
    const touched = classes(part);
    if (isDestructive(part) || touched.includes("fs.delete") || touched.includes("proc.exec")) return 2;
    return ["fs.write", "net.http", "net.dns"].some((name) => touched.includes(name)) ? 1 : 0;
  });

  if (decided.length > (policy.scripts?.maxSteps || 64)) {
    verdict = "block";
    reasons.push("script_max_steps_exceeded");
    violations.push("script_max_steps_exceeded");
  }
  const above = policy.scripts?.requireApprovalAbove ?? 0;
  if (above > 0 && decided.length > above) {
    verdict = strict(verdict, "require_approval");
    reasons.push("script_step_threshold_approval");
    minApprovals = Math.max(1, minApprovals);
  }
  if (policy.scripts?.blockMixedRisk && new Set(risks).size > 1) {
    verdict = "block";
    reasons.push("script_mixed_risk_blocked");
    violations.push("script_mixed_risk");
  }
  return {
    ...nothing(verdict),
    reasonCodes: sortedSet(reasons),
    violations: sortedSet(violations),
    matchedRule: sortedSet(steps.map((step) => step.matchedRule)).join(","),
    minApprovals,
    requireDistinctApprovers: steps.some((step) => step.requireDistinctApprovers),
    requireBrokerCredential: steps.some((step) => step.requireBrokerCredential),
    brokerReference: steps.map((step) => step.brokerReference).filter((text) => text !== "")[0] ?? "",
    brokerScopes: sortedSet(steps.flatMap((step) => [...step.brokerScopes])),
    requireDelegation: steps.some((step) => step.requireDelegation),
    delegationScopes: sortedSet(steps.flatMap((step) => [...step.delegationScopes])),
    ...limitsOf(steps),
    script: {
      compositeRiskClass: (["low", "medium", "high"] as const)[Math.max(...risks)]!,
      steps: decided.map(({ alone, more }, index) => ({
        index,
        toolName: script!.steps[index]!.toolName,
        verdict: strict(alone.verdict, more.verdict),
        reasonCodes: sortedSet([...alone.reasonCodes, ...more.reasonCodes]),
        violations: sortedSet([...alone.violations, ...more.violations]),
        matchedRule: sortedSet([alone.matchedRule, more.matchedRule]).join(","),
      })),
    },
  };
}
