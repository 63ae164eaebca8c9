import { strictest } from "../schema/verdict.ts";
import type { EndpointRule, Rule, RuleDocument } from "../policy/types.ts";
import type { Found, Subject } from "./subject.ts";
import { coversAnyRisk, lacksBroker, passesByDefault } from "../gate/profile/profile.ts";
import { conditionsOf, maskOf } from "./match_lists.ts";

/** Blocks of a policy whose effect differs from what they appear to say. */
export function findInBlocks({ policy, document, written }: Subject): Found[] {
  const { fail_closed: failClosed } = document;
  const isIdle = !failClosed.enabled && !written.isOff(undefined, "fail_closed", "enabled") &&
    failClosed.risk_classes.length + failClosed.required_fields.length > 0;
  return [
    ...(isIdle
      ? [{
        id: "inactive-block" as const,
        level: "error" as const,
        message: "fail_closed does nothing without enabled: true",
        hint: "Write enabled: true in it",
        path: ["fail_closed"],
      }]
      : []),
    ...policy.rules.flatMap((rule, number) => [
      ...findIdle(document.rules[number]!, rule, number, written),
      ...findActions(rule, number, written),
    ]),
  ];
}

function findIdle(document: RuleDocument, rule: Rule, number: number, written: Subject["written"]): Found[] {
  const found: Found[] = [];
  for (const name of ["endpoint", "dataflow"] as const) {
    const { action, reason_code: reason, violation } = document[name];
    const isOff = written.isOff(number, name, "enabled");
    if (rule[name] && isOff) {
      found.push({
        id: "enabled-anyway",
        message: `${name} says enabled: false, but its settings turn it on`,
        rule: number,
        path: [name, "enabled"],
      });
    }
    const checksArgs = name === "endpoint" && document.endpoint.check_args;
    if (!rule[name] && !isOff && (action + reason + violation !== "" || checksArgs)) {
      found.push({
        id: "inactive-block",
        message: `${name} does nothing: it has neither enabled: true nor a list`,
        rule: number,
        path: [name],
      });
    }
  }
  if (rule.endpoint?.checkArgs && !hasPlaceList(rule.endpoint)) {
    found.push({
      id: "inactive-block",
      message: "check_args compares arguments with lists of paths and domains, and there are none",
      hint:
        "Write one of path_allowlist, path_denylist, domain_allowlist and domain_denylist, or remove check_args",
      rule: number,
      path: ["endpoint", "check_args"],
    });
  }
  const { requests, window, scope } = document.rate_limit;
  if (requests === 0n && window + scope !== "") {
    found.push({
      id: "inactive-block",
      message: "rate_limit limits nothing without requests of at least 1",
      hint: "Write requests: <number> in it",
      rule: number,
      path: ["rate_limit"],
    });
  }
  return found;
}

function hasPlaceList(endpoint: EndpointRule): boolean {
  const { pathAllowlist, pathDenylist, domainAllowlist, domainDenylist } = endpoint;
  return [pathAllowlist, pathDenylist, domainAllowlist, domainDenylist].some((list) => list.length > 0);
}

/** Weak spots 4 and 5: actions that never apply because a stricter one overrides them. */
function findActions(
  { effect, endpoint, dataflow }: Rule,
  number: number,
  written: Subject["written"],
): Found[] {
  const found: Found[] = [];
  if (
    endpoint?.destructiveAction === "require_approval" && endpoint.action === "block" && effect !== "block"
  ) {
    const explicit = written.node(number, "endpoint", "action") !== undefined;
    found.push({
      id: "destructive-action-blocks",
      message: "Destructive calls are blocked, not put to approval: " +
        (explicit ? "action: block counts for them too" : "action is missing, and its default is block"),
      rule: number,
      path: ["endpoint", "destructive_action"],
    });
  }
  if (dataflow && dataflow.action !== effect && strictest(dataflow.action, effect) === effect) {
    found.push({
      id: "dataflow-weaker-action",
      message: `dataflow.action ${dataflow.action} can't relax the effect ${effect}: ` +
        "tainted calls get the effect, and only the codes of dataflow are added",
      rule: number,
      path: ["dataflow", "action"],
    });
  }
  return found;
}

/** The treatment of calls that no rule matches, and of the policy under the production profile (weak spots 6 and 7). */
export function findInDefaults({ policy, profile }: Subject): Found[] {
  const inProduction = { level: profile === "oss-prod" ? "error" : "note", path: ["name"] } as const;
  const refused = policy.rules.flatMap((rule, number): Found[] => [
    ...(lacksBroker(rule)
      ? [{
        id: "profile-refuses" as const,
        ...inProduction,
        message: 'Refused by profile "oss-prod": lets high risk pass without a broker credential',
        rule: number,
      }]
      : []),
    // Outside of production this is normal for most rules.
    ...(coversAnyRisk(rule) && (profile === "oss-prod" || rule.match.toolNames.length === 0)
      ? [{
        id: "any-risk" as const,
        ...inProduction,
        message: "Names no risk_classes, so calls of high and critical risk pass by it",
        rule: number,
      }]
      : []),
  ]);
  const { rules, defaultVerdict, failClosed } = policy;
  const masks = rules.map((rule) => conditionsOf(rule).mask);
  const path = ["default_verdict"];
  if (defaultVerdict !== "allow" || masks.includes(0)) {
    if (profile !== "oss-prod" || !passesByDefault(policy)) return refused;
    // Whatever the rules match, the profile refuses to start with such a default.
    const message = `Refused by profile "oss-prod": what no rule matches is ${defaultVerdict}`;
    return [{ id: "default-allow", level: "error", message, path }, ...refused];
  }
  const strict = profile === "oss-prod" ? { level: "error" as const } : {};
  const although = profile === "oss-prod"
    ? ", under the strict profile oss-prod"
    : failClosed.enabled
    ? ", although fail_closed is on"
    : "";
  const covered = new Set(
    rules.flatMap(({ match }, i) => masks[i] === maskOf("endpoint class") ? match.endpointClasses : []),
  );
  const open = ["fs.delete", "proc.exec"].filter((name) => !covered.has(name));
  return [
    { id: "default-allow", ...strict, message: `What no rule matches is allowed${although}`, path },
    ...(open.length === 0 ? [] : [{
      id: "destructive-default" as const,
      ...strict,
      message: `Destructive calls (${open.join(", ")}) that no rule matches are allowed`,
      path,
    }]),
    ...refused,
  ];
}
