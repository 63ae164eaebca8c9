import { compileGlob } from "../evaluate/glob.ts";
import { hostOfHost, readHost } from "../compare/host.ts";
import { canFitHost, compileDomainAllowlist, compileDomainDenylist } from "../evaluate/domain_list.ts";
import { isGuard } from "../evaluate/match.ts";
import type { Rule } from "../policy/types.ts";
import type { Found, Subject } from "./subject.ts";

/** Patterns that fit less or more than they seem to (docs/spec/gate.md 1.3, 3.3.3). */
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
          ? `Pattern "${item}" is no host; it is taken for "${meant}"`
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

/** Denied domains of which everything below is denied, but not the domain itself. */
function findApex({ effect, endpoint }: Rule, rule: number): Found[] {
  if (!endpoint || effect === "block") return [];
  const isDenied = compileDomainDenylist(endpoint.domainDenylist);
  const isAllowed = endpoint.domainAllowlist.length === 0
    ? () => true
    : compileDomainAllowlist(endpoint.domainAllowlist);
  return endpoint.domainDenylist.flatMap((item): Found[] => {
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

/** Prefixes of rules that let calls pass and that fit `/srv/repo-evil` where `/srv/repo` is meant. */
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
