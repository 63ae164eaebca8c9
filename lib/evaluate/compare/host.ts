import { urlHost } from "../../intent/url_host.ts";
import { asciiForms } from "./idna.ts";
import { ipv4Readings, ipv6Readings, looksNumeric } from "./addresses.ts";

/*
 * Which host a client reaches by a text, in the one form in which lists compare hosts (docs/spec/gate.md 3.3.3).
 * Only for comparing: what is digested and shown stays as it was given.
 */

/** The hosts that a text may mean, in normal form. */
export interface HostReadings {
  /** Mostly one; more where clients disagree. An allow list must know all of them, a deny list any. */
  readonly hosts: readonly string[];
  /** Other names under which the same host is reached; only deny lists look at them. */
  readonly aliases: readonly string[];
}

/** The host of an absolute or scheme-relative URL; `undefined` when no host can be taken from it for certain. */
export function hostOfUrl(url: string): HostReadings | undefined {
  return hostInUrl(url, urlHost(url));
}

/** {@linkcode hostOfUrl} of a URL whose host is cut out already. */
export function hostInUrl(url: string, host: string | undefined): HostReadings | undefined {
  return host === undefined || LOCAL_SCHEME.test(url) || hasTwoUsers(url) ? undefined : readHost(host);
}

/** Schemes whose `//` leads to no host that is connected to. */
// deno-lint-ignore gait/linear-regex -- anchored, words, and runs of at most 20 characters
const LOCAL_SCHEME = new RegExp(
  "^(?:file|javascript|vbscript|data|blob|about|filesystem|php|phar|jar|zip|rar|glob|expect|ogg|npipe|pipe|intent|" +
    "view-source|resource|chrome|[a-z]{1,20}-extension|compress\\.[a-z0-9]{1,20}|(?:[a-z0-9.-]{1,20}\\+)?unix):",
  "i",
);

/** Whether a user part holds a second `@`: clients disagree which of them ends it. */
function hasTwoUsers(url: string): boolean {
  const first = url.indexOf("@");
  if (first < 0) return false;
  const second = url.indexOf("@", first + 1);
  return second > 0 && !/[/?#]/.test(url.slice(url.indexOf("//") + 2, second));
}

/**
 * The host of a target of kind `host`: a name or an address, maybe with a port or a path behind it, or a URL.
 * `undefined` for everything else.
 */
export function hostOfHost(text: string): HostReadings | undefined {
  const scheme = text.indexOf("://");
  // Who takes off one scheme after the other finds another host than who reads a URL.
  if (scheme >= 0) return text.includes("://", scheme + 1) ? undefined : hostOfUrl(text);
  // An address without brackets has at least two colons, and no port can follow.
  if (text.indexOf(":") !== text.lastIndexOf(":") && !text.startsWith("[")) return readHost(text);
  return /[?#@\\]/.test(text) ? undefined : hostOfUrl(`http://${text}`);
}

/** Read a name or an address alone; an IPv6 address has no brackets. */
export function readHost(text: string): HostReadings | undefined {
  if (text.includes(":")) return readAddress(text);
  const forms = nameForms(text);
  if (!forms) return undefined;
  const hosts: string[] = [];
  for (const form of forms) {
    const labels = form.split(".");
    if (!looksNumeric(labels.at(-1)!)) hosts.push(form);
    else {
      const addresses = ipv4Readings(labels);
      if (!addresses) return undefined;
      for (const address of addresses) hosts.push(address);
    }
  }
  return { hosts, aliases: hosts.some(isThisMachine) ? THIS_MACHINE : NONE };
}

/**
 * The forms of a domain name: in lower case, in ASCII, without the dot of the root; `undefined` for what is no name.
 * Names of numbers are not looked at.
 */
export function nameForms(text: string): string[] | undefined {
  // deno-lint-ignore no-control-regex -- what is not ASCII is meant
  const forms = /[^\x00-\x7f]/.test(text) ? asciiForms(text) : [text.toLowerCase()];
  const names = forms?.map((form) => form.endsWith(".") ? form.slice(0, -1) : form);
  return names?.every(isName) ? names : undefined;
}

/** Dots between labels of 1 to 63 letters, digits, hyphens and underscores, all in all at most 253 characters. */
function isName(text: string): boolean {
  // Programs that are given such a host as an argument take it for an option (`ssh -oProxyCommand`).
  if (text.length > 253 || text.startsWith("-")) return false;
  let size = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit === DOT) {
      if (size === 0) return false;
      size = 0;
    } else {
      const known = (unit >= 0x61 && unit <= 0x7a) || (unit >= 0x30 && unit <= 0x39) ||
        unit === HYPHEN || unit === UNDERSCORE;
      if (!known || ++size > 63) return false;
    }
  }
  return size > 0;
}

const DOT = 0x2e;
const HYPHEN = 0x2d;
const UNDERSCORE = 0x5f;

/** `address` or `address%zone`. */
function readAddress(text: string): HostReadings | undefined {
  const percent = text.indexOf("%");
  const bare = ipv6Readings(percent < 0 ? text : text.slice(0, percent));
  if (!bare) return undefined;
  const aliases = bare.some(isThisMachine) ? THIS_MACHINE : NONE;
  if (percent < 0) return { hosts: bare, aliases };
  // Many clients pass a zone over where it makes no difference, so a denied address is denied with any zone.
  return { hosts: bare.map((host) => host + text.slice(percent)), aliases: [...bare, ...aliases] };
}

/** What all of them connect to is the machine itself, whichever of them is named. */
const THIS_MACHINE: readonly string[] = ["localhost", "127.0.0.1", "::1", "0.0.0.0", "::"];
/** Further names of it in the hosts files of common systems. */
const NAMES_OF_THIS_MACHINE: ReadonlySet<string> = new Set([
  "localhost.localdomain",
  "localhost4",
  "localhost4.localdomain4",
  "localhost6",
  "localhost6.localdomain6",
  "ip6-localhost",
  "ip6-loopback",
]);
const NONE: readonly string[] = [];

function isThisMachine(host: string): boolean {
  return THIS_MACHINE.includes(host) || NAMES_OF_THIS_MACHINE.has(host) || host.endsWith(".localhost") ||
    (host.startsWith("127.") && looksNumeric(host.slice(host.lastIndexOf(".") + 1)));
}
