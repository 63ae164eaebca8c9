import type { Place } from "./compare/place.ts";
import type { EndpointRule } from "../policy/types.ts";
import { strictest } from "../schema/verdict.ts";
import type { Constraint, Offender } from "./constraints.ts";
import { compileDomainAllowlist, compileDomainDenylist } from "./domain_list.ts";
import type { Facts } from "./facts.ts";
import { compilePathAllowlist, compilePathDenylist } from "./path_list.ts";
import { union } from "../formats/lists.ts";

/** The target lists of a rule, and its action for destructive targets (docs/spec/gate.md 3.3.3). */
export function endpointConstraint(endpoint: EndpointRule): Constraint {
  const offences = offencesOf(endpoint);
  const allowlists = allowlistsOf(endpoint);
  const { action, destructiveAction, checkArgs } = endpoint;
  // Nobody says of which class an argument is.
  const ofArguments = checkArgs ? offencesOf({ ...endpoint, egressClasses: [] }) : [];
  return {
    name: "endpoint",
    raiseOf: (facts) => {
      // An argument only adds what is wrong: it is no target, so it never makes an allow list checked.
      const offenders = [
        ...offendersAmong(facts.places, offences),
        ...offendersAmong(checkArgs ? facts.argumentPlaces : [], ofArguments),
      ];
      const unchecked = isUnchecked(allowlists, facts);
      const raised = destructiveAction !== "" && facts.destructive;
      if (offenders.length === 0 && !unchecked && !raised) return undefined;
      const codes = union([
        ...offenders.map((one) => one.codes),
        unchecked ? ["endpoint_nothing_checked"] : [],
      ]);
      return {
        // The default `block` of `action` also applies to destructive targets, as recorded cases require (section 8,
        // no. 5).
        effect: raised ? strictest(action, destructiveAction) : action,
        reasonCodes: union([codes, raised ? ["endpoint_destructive_operation"] : [], [endpoint.reasonCode]]),
        violations: union([codes, raised ? ["destructive_operation"] : [], [endpoint.violation]]),
        offenders,
      };
    },
  };
}

function offendersAmong(places: readonly Place[], offences: readonly Offence[]): Offender[] {
  const offenders: Offender[] = [];
  for (const place of places) {
    const codes = offences.filter(([, offends]) => offends(place)).map(([code]) => code);
    if (codes.length > 0) offenders.push({ place, codes });
  }
  return offenders;
}

type Offence = readonly [code: string, offends: (place: Place) => boolean];

function offencesOf(endpoint: EndpointRule): Offence[] {
  const { pathDenylist, pathAllowlist, domainDenylist, domainAllowlist, egressClasses } = endpoint;
  const offences: Offence[] = [["endpoint_domain_mismatch", ({ domain }) => domain?.contradicted ?? false]];
  if (pathDenylist.length > 0) {
    const denied = compilePathDenylist(pathDenylist);
    offences.push(["endpoint_path_denied", ({ path, pathToSome }) => {
      const known = path ?? pathToSome;
      return known !== undefined && denied(known);
    }]);
  }
  if (pathAllowlist.length > 0) {
    const allowed = compilePathAllowlist(pathAllowlist);
    offences.push(["endpoint_path_not_allowlisted", ({ path }) => path !== undefined && !allowed(path)]);
  }
  if (pathDenylist.length + pathAllowlist.length > 0) {
    offences.push(["endpoint_path_unreadable", ({ path }) => path !== undefined && !path.readings]);
  }
  if (domainDenylist.length > 0) {
    const denied = compileDomainDenylist(domainDenylist);
    offences.push([
      "endpoint_domain_denied",
      ({ domain }) => domain !== undefined && denied(domain.readings),
    ]);
  }
  if (domainAllowlist.length > 0) {
    const allowed = compileDomainAllowlist(domainAllowlist);
    offences.push([
      "endpoint_domain_not_allowlisted",
      ({ domain }) => domain !== undefined && !allowed(domain.readings),
    ]);
  }
  if (domainDenylist.length + domainAllowlist.length > 0) {
    offences.push(["endpoint_domain_unreadable", ({ domain }) => domain !== undefined && !domain.readings]);
  }
  if (egressClasses.length > 0) {
    const egress = new Set(egressClasses);
    offences.push([
      "endpoint_egress_class_not_allowed",
      (place) => isEgress(place) && !egress.has(place.target.endpointClass),
    ]);
  }
  return offences;
}

/** Whether a target uses the network; true if its value contains a host, even if it claims a file class. */
function isEgress({ target: { endpointClass }, domain }: Place): boolean {
  return endpointClass.startsWith("net.") ||
    (domain !== undefined && !domain.claimedOnly && !endpointClass.startsWith("ui."));
}

/** An allow list with the targets that it applies to. */
interface Allowlist {
  readonly checks: (place: Place) => boolean;
  /** Whether a target needs no entry in the list, because the list does not apply to it. */
  readonly allows: (place: Place) => boolean;
}

function allowlistsOf({ pathAllowlist, domainAllowlist, egressClasses }: EndpointRule): Allowlist[] {
  return [
    ...(pathAllowlist.length > 0 ? [PATHS] : []),
    ...(domainAllowlist.length > 0 ? [DOMAINS] : []),
    ...(egressClasses.length > 0 ? [EGRESS] : []),
  ];
}

const PATHS: Allowlist = {
  checks: ({ path }) => path !== undefined,
  // Otherwise claiming a domain for `/etc/passwd` would exempt it from the path list.
  allows: ({ domain }) => domain?.readings !== undefined && !domain.claimedOnly,
};

const DOMAINS: Allowlist = {
  // A path is a local file, whatever domain is claimed for it; a queue or a table may have a domain.
  checks: ({ path, domain }) => domain !== undefined && !(domain.claimedOnly && path !== undefined),
  allows: () => false,
};

const EGRESS: Allowlist = {
  checks: isEgress,
  allows: ({ target, path, domain }) =>
    target.endpointClass.startsWith("fs.") && path !== undefined && domain === undefined,
};

/**
 * Whether no allow list of the block had anything to check, so that passing proves nothing: a call without targets,
 * or with targets of other kinds (docs/spec/gate.md 3.3.3).
 */
function isUnchecked(allowlists: readonly Allowlist[], { places }: Facts): boolean {
  return !allowlists.every(({ allows }) => places.length > 0 && places.every(allows)) &&
    !allowlists.some(({ checks }) => places.some(checks));
}
