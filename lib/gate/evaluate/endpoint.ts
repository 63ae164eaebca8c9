import type { Target } from "../intent/types.ts";
import type { EndpointRule } from "../policy/types.ts";
import { strictest } from "../verdict.ts";
import type { Constraint } from "./constraint.ts";
import { compileDomainPatterns, compilePathPatterns, type PatternList } from "./patterns.ts";
import { union } from "./union.ts";

/** Where a rule lets its targets be, and what it does about destructive ones (spec/gate.md 3.3.3). */
export function endpointConstraint(endpoint: EndpointRule): Constraint {
  const offences = offencesOf(endpoint);
  const { action, destructiveAction } = endpoint;
  return {
    name: "endpoint",
    judge: ({ intent, destructive }) => {
      const found = new Set<string>();
      for (const target of intent.targets) {
        for (const [code, offends] of offences) if (offends(target)) found.add(code);
      }
      const raised = destructiveAction !== "" && destructive;
      if (found.size === 0 && !raised) return undefined;
      const codes = union([[...found]]);
      return {
        // The default `block` of `action` counts for destructive targets too, as cases demand (section 8, no. 5).
        effect: raised ? strictest(action, destructiveAction) : action,
        reasonCodes: union([codes, raised ? ["endpoint_destructive_operation"] : [], [endpoint.reasonCode]]),
        violations: union([codes, raised ? ["destructive_operation"] : [], [endpoint.violation]]),
      };
    },
  };
}

type Offence = readonly [code: string, offends: (target: Target) => boolean];

function offencesOf(endpoint: EndpointRule): Offence[] {
  const egress = new Set(endpoint.egressClasses);
  const offences: (Offence | undefined)[] = [
    listed(
      "endpoint_path_denied",
      endpoint.pathDenylist,
      compilePathPatterns,
      (list, target) => isPath(target) && list(target.value, true),
    ),
    listed(
      "endpoint_path_not_allowlisted",
      endpoint.pathAllowlist,
      compilePathPatterns,
      (list, target) => isPath(target) && !list(target.value, false),
    ),
    listed(
      "endpoint_domain_denied",
      endpoint.domainDenylist,
      compileDomainPatterns,
      (list, target) => hasDomain(target) && list(target.endpointDomain, true),
    ),
    listed(
      "endpoint_domain_not_allowlisted",
      endpoint.domainAllowlist,
      compileDomainPatterns,
      (list, target) => hasDomain(target) && !list(target.endpointDomain, false),
    ),
    egress.size === 0 ? undefined : [
      "endpoint_egress_class_not_allowed",
      ({ endpointClass }) => endpointClass.startsWith("net.") && !egress.has(endpointClass),
    ],
  ];
  return offences.filter((offence) => offence !== undefined);
}

function listed(
  code: string,
  patterns: readonly string[],
  compile: (patterns: readonly string[]) => PatternList,
  offends: (list: PatternList, target: Target) => boolean,
): Offence | undefined {
  if (patterns.length === 0) return undefined;
  const list = compile(patterns);
  return [code, (target) => offends(list, target)];
}

const isPath = (target: Target) => target.kind === "path";
const hasDomain = (target: Target) => target.endpointDomain !== "";
