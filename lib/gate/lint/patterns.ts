import { compileGlob } from "../evaluate/glob.ts";
import { compileDomainPatterns, compilePathPatterns } from "../evaluate/patterns.ts";
import type { Rule } from "../policy/types.ts";
import type { Found, Subject } from "./subject.ts";

/** Patterns of `endpoint` that fit less or more than they seem to (spec/gate.md 3.3.3; weak spot 12). */
export function findInPatterns({ policy }: Subject): Found[] {
  return policy.rules.flatMap((rule, number) => [
    ...LISTS.flatMap(([key, list, isDeny]) =>
      list(rule).flatMap((item) => findInPattern(number, key, item, isDeny))
    ),
    ...findTraversal(rule, number),
    ...findApex(rule, number),
  ]);
}

const LISTS: readonly (readonly [key: string, list: (rule: Rule) => readonly string[], isDeny: boolean])[] = [
  ["path_allowlist", ({ endpoint }) => endpoint?.pathAllowlist ?? [], false],
  ["path_denylist", ({ endpoint }) => endpoint?.pathDenylist ?? [], true],
  ["domain_allowlist", ({ endpoint }) => endpoint?.domainAllowlist ?? [], false],
  ["domain_denylist", ({ endpoint }) => endpoint?.domainDenylist ?? [], true],
];

const WILD = /[*?[\\]/;

/** Patterns that are tried on each other at most, for each list of a rule. */
const MAX_TRIALS = 100_000;
const MAX_WILD_PARTS = 16;
const BELOW = "/**";

function findInPattern(rule: number, key: string, item: string, isDeny: boolean): Found[] {
  const place = { rule, path: ["endpoint", key], item };
  if (WILD.test(item) && !compileGlob(item)) {
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
  if (!key.startsWith("path") || !item.includes("**") || isFolder) return [];
  return [{
    id: "double-star",
    ...(isDeny ? { level: "error" } : {}),
    message: `In pattern "${item}" ** is the same as * and stops at each /`,
    ...place,
  }];
}

/** Look for a path with `..` that the lists of a rule let through; the finding shows it, so it is no guess. */
function findTraversal({ effect, endpoint }: Rule, rule: number): Found[] {
  if (!endpoint || effect === "block" || endpoint.pathAllowlist.length === 0) return [];
  const isDenied = compilePathPatterns(endpoint.pathDenylist);
  // Each is tried on each denied pattern, so of very long lists the first items must do.
  const tried = Math.ceil(MAX_TRIALS / (1 + endpoint.pathDenylist.length));
  for (const item of endpoint.pathAllowlist.slice(0, tried)) {
    const isAllowed = compilePathPatterns([item]);
    const value = escapes(item).find((path) =>
      path.split("/").includes("..") && isAllowed(path, false) && !isDenied(path, true)
    );
    if (value === undefined) continue;
    return [{
      id: "path-traversal",
      message: `The allow list lets "${value}" through, which leads out of "${item}"`,
      rule,
      path: ["endpoint", "path_allowlist"],
      item,
    }];
  }
  return [];
}

function escapes(pattern: string): string[] {
  if (pattern.endsWith(BELOW)) {
    const folder = pattern.slice(0, -BELOW.length);
    return [`${folder}/../x`, `${folder}/x/../../y`];
  }
  // Whole segments of a glob that `..` fits; nobody writes a path of more wild segments.
  const parts = pattern.split("/");
  const wild = parts.flatMap((part, i) => WILD.test(part) ? [i] : []).slice(0, MAX_WILD_PARTS);
  return wild.map((i) => parts.map((other, j) => j === i ? ".." : other.replaceAll(/[*?]/g, "x")).join("/"));
}

/** Denied domains of which everything below is denied, but not the domain itself. */
function findApex({ effect, endpoint }: Rule, rule: number): Found[] {
  if (!endpoint || effect === "block") return [];
  const isDenied = compileDenied(endpoint.domainDenylist);
  const others = endpoint.domainAllowlist.length +
    endpoint.domainDenylist.filter((item) => !isBelow(item)).length;
  const tried = Math.ceil(MAX_TRIALS / (1 + others));
  const isAllowed = endpoint.domainAllowlist.length === 0
    ? () => true
    : compileDomainPatterns(endpoint.domainAllowlist);
  return endpoint.domainDenylist.slice(0, tried).flatMap((item): Found[] => {
    const apex = item.slice("*.".length);
    if (!item.startsWith("*.") || WILD.test(apex) || isDenied(apex) || !isAllowed(apex, true)) {
      return [];
    }
    return [{
      id: "apex-not-denied",
      message: `"${item}" does not deny "${apex}" itself`,
      rule,
      path: ["endpoint", "domain_denylist"],
      item,
    }];
  });
}

/** Whether a pattern stands for everything below a domain, and for nothing else. */
function isBelow(item: string): boolean {
  return item.startsWith("*.") && !WILD.test(item.slice("*.".length));
}

/** Whether a list denies a domain: as `compileDomainPatterns` tells, but quick for long lists of `*.<domain>`. */
function compileDenied(denylist: readonly string[]): (domain: string) => boolean {
  const below = new Set(denylist.filter(isBelow).map((item) => item.slice(1)));
  const isOtherwise = compileDomainPatterns(denylist.filter((item) => !isBelow(item)));
  return (domain) => {
    for (let dot = domain.indexOf("."); dot >= 0; dot = domain.indexOf(".", dot + 1)) {
      if (below.has(domain.slice(dot))) return true;
    }
    return isOtherwise(domain, false);
  };
}
