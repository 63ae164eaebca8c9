import { compileGlob } from "../evaluate/glob.ts";
import { hostOfHost, type HostReadings, nameForms, readHost } from "../evaluate/compare/host.ts";
import { canFitHost, compileDomainAllowlist, compileDomainDenylist } from "../evaluate/domain_list.ts";
import { isGuard } from "../evaluate/match.ts";
import type { Rule } from "../policy/types.ts";
import type { Found, Subject } from "./subject.ts";

/** Find patterns that match less or more than they appear to (docs/spec/gate.md 1.3, 3.3.3). */
export function findInPatterns({ policy }: Subject): Found[] {
  return policy.rules.flatMap((rule, number) => [
    ...LISTS.flatMap(([key, list, isDeny]) =>
      list(rule).flatMap((item) => findInPattern(number, key, item, isDeny))
    ),
    ...findApex(rule, number),
    ...findOpenPrefixes(rule, number),
  ]);
}

const LISTS: readonly (readonly [key: string, list: (rule: Rule) => readonly string[], isDeny: boolean])[] = [
  ["path_allowlist", ({ endpoint }) => endpoint?.pathAllowlist ?? [], false],
  ["path_denylist", ({ endpoint }) => endpoint?.pathDenylist ?? [], true],
  ["domain_allowlist", ({ endpoint }) => endpoint?.domainAllowlist ?? [], false],
  ["domain_denylist", ({ endpoint }) => endpoint?.domainDenylist ?? [], true],
];

const WILD = /[*?[\\]/;
const BELOW = "/**";
/** The most pairs of patterns that are compared for each list of a rule. */
const MAX_TRIALS = 100_000;

function findInPattern(rule: number, key: string, item: string, isDeny: boolean): Found[] {
  const place = { rule, path: ["endpoint", key], item };
  const isDomain = key.startsWith("domain");
  if (isDomain && !canFitHost(item)) {
    const meant = hostOfHost(item)?.hosts[0];
    if (compileGlob(item)) {
      return [{
        id: "unusable-pattern",
        ...(isDeny && meant === undefined ? { level: "error" } : {}),
        message: isDeny && meant !== undefined
          ? `Pattern "${item}" is not a host; it is read as "${meant}"`
          : `No host can fit pattern "${item}"`,
        ...(meant === undefined ? {} : { hint: `Write "${meant}": hosts have no scheme, port or path` }),
        ...place,
      }];
    }
  }
  if (WILD.test(item) && !compileGlob(item) && !(isDomain && canFitHost(item))) {
    return [{
      id: "malformed-pattern",
      ...(isDeny ? { level: "error" } : {}),
      message: `Pattern "${item}" is malformed and ${
        isDeny ? "denies" : "allows"
      } nothing but this very text`,
      ...place,
    }];
  }
  const isFolder = item.endsWith(BELOW) && !WILD.test(item.slice(0, -BELOW.length));
  if (isDomain || !item.includes("**") || isFolder) return [];
  return [{
    id: "double-star",
    ...(isDeny ? { level: "error" } : {}),
    message: `In pattern "${item}" ** is the same as * and stops at each /`,
    ...place,
  }];
}

/** Find domains whose subdomains are denied, but not the domain itself. */
function findApex({ effect, endpoint }: Rule, rule: number): Found[] {
  if (!endpoint || effect === "block") return [];
  const isDenied = compileDenied(endpoint.domainDenylist);
  // Quadratic in the list, so only the first items of very long lists are compared.
  const globs = [...endpoint.domainAllowlist, ...endpoint.domainDenylist].filter((item) => !isPlain(item));
  const tried = Math.ceil(MAX_TRIALS / (1 + globs.length));
  const isAllowed = endpoint.domainAllowlist.length === 0
    ? () => true
    : compileDomainAllowlist(endpoint.domainAllowlist);
  return endpoint.domainDenylist.slice(0, tried).flatMap((item): Found[] => {
    const apex = item.slice("*.".length);
    const host = readHost(apex);
    if (!item.startsWith("*.") || !host || isDenied(host) || !isAllowed(host)) return [];
    return [{
      id: "apex-not-denied",
      message: `"${item}" does not deny "${apex}" itself`,
      rule,
      path: ["endpoint", "domain_denylist"],
      item,
    }];
  });
}

/** Whether a pattern is a name, or `*.` and a name. */
function isPlain(item: string): boolean {
  return !WILD.test(item.startsWith("*.") ? item.slice("*.".length) : item);
}

/** Whether a list denies a host. Equivalent to `compileDomainDenylist`, but fast for long lists of `*.<domain>`. */
function compileDenied(denylist: readonly string[]): (host: HostReadings) => boolean {
  const below = new Set<string>();
  const others: string[] = [];
  for (const item of denylist) {
    const parents = item.startsWith("*.") ? nameForms(item.slice("*.".length)) : undefined;
    if (parents) { for (const parent of parents) below.add(`.${parent}`); }
    else others.push(item);
  }
  const isOtherwise = compileDomainDenylist(others);
  const isBelow = (host: string): boolean => {
    for (let dot = host.indexOf("."); dot >= 0; dot = host.indexOf(".", dot + 1)) {
      if (below.has(host.slice(dot))) return true;
    }
    return false;
  };
  return (host) => host.hosts.some(isBelow) || host.aliases.some(isBelow) || isOtherwise(host);
}

/** Find prefixes of allowing rules that match `/srv/repo-evil` although `/srv/repo` is meant. */
function findOpenPrefixes({ effect, match }: Rule, rule: number): Found[] {
  if (isGuard(effect)) return [];
  return match.workspacePrefixes.filter((item) => !/[/\\]$/.test(item)).map((item): Found => ({
    id: "open-prefix",
    message: `"${item}" also fits "${item}-other"`,
    hint: `Write "${item}/" for this folder and all below it`,
    rule,
    path: ["match", "workspace_prefixes"],
    item,
  }));
}
