import type { EndpointRule, Rule } from "../policy/types.ts";
import type { Found, Subject } from "./subject.ts";

/**
 * Lists of `endpoint` that say nothing about the targets that the rule asks for. A call may have further targets, so
 * such a list is not proved to be idle; but with an allow list, calls that have no others are stopped, because nothing
 * was checked (docs/spec/gate.md 3.3.3).
 */
export function findIdleLists({ policy }: Subject): Found[] {
  return policy.rules.flatMap((rule, number) =>
    LISTS.flatMap(([key, values, about]) => {
      if (!rule.endpoint || values(rule.endpoint).length === 0) return [];
      const asked = ASKED.find(([, values]) => isBeside(values(rule), about));
      if (!asked) return [];
      return [{
        id: "idle-list" as const,
        message: `${key} says nothing about targets of ${asked[0]} ${asked[1](rule).join(", ")}`,
        rule: number,
        path: ["endpoint", key],
      }];
    })
  );
}

/** Kinds and classes of targets that a list is about. */
const PATHS = ["path", "fs.read", "fs.write", "fs.delete"];
const NETWORK = ["url", "host", "net.http", "net.dns"];

const LISTS: readonly (readonly [
  key: string,
  values: (endpoint: EndpointRule) => readonly string[],
  about: readonly string[],
])[] = [
  ["path_allowlist", (endpoint) => endpoint.pathAllowlist, PATHS],
  ["path_denylist", (endpoint) => endpoint.pathDenylist, PATHS],
  ["domain_allowlist", (endpoint) => endpoint.domainAllowlist, NETWORK],
  ["domain_denylist", (endpoint) => endpoint.domainDenylist, NETWORK],
  ["egress_classes", (endpoint) => endpoint.egressClasses, NETWORK],
];

const ASKED: readonly (readonly [what: string, values: (rule: Rule) => readonly string[]])[] = [
  ["kind", ({ match }) => match.targetKinds],
  ["kind", ({ match }) => match.destinationKinds],
  ["class", ({ match }) => match.endpointClasses],
];

function isBeside(values: readonly string[], about: readonly string[]): boolean {
  return values.length > 0 && !values.some((value) => about.includes(value));
}
