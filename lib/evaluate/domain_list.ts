import { hostOfHost, type HostReadings, nameForms, readHost } from "./compare/host.ts";
import { unicodeForm } from "./compare/idna.ts";
import { compileGlob } from "./glob.ts";

/** Whether a list contains a host; `undefined` is an ambiguous host. */
export type DomainList = (readings: HostReadings | undefined) => boolean;

/** All possible hosts must be listed; an ambiguous host is not. */
export function compileDomainAllowlist(patterns: readonly string[]): DomainList {
  const tests = patterns.map((pattern) => compilePattern(pattern, false)).filter((test) =>
    test !== undefined
  );
  const fits = anyOf(tests, false);
  return (readings) => readings !== undefined && readings.hosts.every(fits);
}

/** One of the possible hosts is enough; an ambiguous host always matches. */
export function compileDomainDenylist(patterns: readonly string[]): DomainList {
  const tests = patterns.map((pattern) => compilePattern(pattern, true)).filter((test) => test !== undefined);
  const fits = anyOf(tests, true);
  return (readings) => readings === undefined || readings.hosts.some(fits) || readings.aliases.some(fits);
}

/** A test of a normalised host; a set for literal hosts. */
type Test = ReadonlySet<string> | ((host: string) => boolean | undefined);

function anyOf(tests: readonly Test[], unknown: boolean): (host: string) => boolean {
  const exact = new Set<string>();
  const others: ((host: string) => boolean | undefined)[] = [];
  for (const test of tests) {
    if (typeof test === "function") others.push(test);
    else for (const host of test) exact.add(host);
  }
  return (host) => exact.has(host) || others.some((test) => test(host) ?? unknown);
}

/**
 * Compile a pattern: a host, all subdomains for `*.<domain>`, or a glob over the whole host (docs/spec/gate.md
 * 3.3.3). In a deny list it matches every possible host.
 */
function compilePattern(pattern: string, isDeny: boolean): Test | undefined {
  const readings = isDeny ? hostOfHost(pattern) : hostAlone(pattern);
  if (readings) return new Set(isDeny ? readings.hosts : readings.hosts.slice(0, 1));
  if (pattern.startsWith("*.")) {
    const parents = nameForms(pattern.slice("*.".length));
    if (parents) {
      const [first, ...more] = parents.map((parent) => `.${parent}`) as [string, ...string[]];
      return isDeny
        ? (host) => host.endsWith(first) || more.some((parent) => host.endsWith(parent))
        : (host) => host.endsWith(first);
    }
  }
  return compileHostGlob(pattern);
}

/** Whether a pattern of an allow list can match a host; one with a scheme, a port or a path can't. */
export function canFitHost(pattern: string): boolean {
  if (hostAlone(pattern) || (pattern.startsWith("*.") && nameForms(pattern.slice("*.".length)))) return true;
  if (!compileGlob(pattern)) return false;
  // Only addresses contain a colon.
  return !/[\s!"#$&'()+,/;<=>@`{|}~]/.test(pattern) && !(pattern.includes(":") && /[g-z]/.test(pattern));
}

/** A host without a port; an IPv6 address may have brackets. */
function hostAlone(pattern: string): HostReadings | undefined {
  return pattern.startsWith("[") && pattern.endsWith("]") ? hostOfHost(pattern) : readHost(pattern);
}

function compileHostGlob(pattern: string): Test | undefined {
  const text = pattern.replace(/[\u3002\uff0e\uff61]/g, ".").normalize("NFKC").toLowerCase();
  const glob = compileGlob(text.endsWith(".") ? text.slice(0, -1) : text);
  // deno-lint-ignore no-control-regex -- what is not ASCII is meant
  if (!glob || !/[^\x00-\x7f]/.test(text)) return glob;
  return (host) => glob(unicodeForm(host));
}
