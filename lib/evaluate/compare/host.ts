import { urlHost } from "../../intent/url_host.ts";
import { asciiForms } from "./idna.ts";
import { ipv4Readings, ipv6Readings, looksNumeric } from "./addresses.ts";

/*
 * Normalises hosts for comparison with lists (docs/spec/gate.md 3.3.3): which host a client would connect to. Only
 * for comparing; digests and output use the original text.
 */

/** The possible hosts of a text, in normal form. */
export interface HostReadings {
  /** Usually one; several if clients disagree. An allow list must contain all of them, a deny list any. */
  readonly hosts: readonly string[];
  /** Other names of the same host; used only by deny lists. */
  readonly aliases: readonly string[];
}

/** The host of an absolute or scheme-relative URL; `undefined` if it is ambiguous. */
export function hostOfUrl(url: string): HostReadings | undefined {
  return hostInUrl(url, urlHost(url));
}

/** Like {@linkcode hostOfUrl}, for an already extracted host. */
export function hostInUrl(url: string, host: string | undefined): HostReadings | undefined {
  return host === undefined || LOCAL_SCHEME.test(url) || hasTwoUsers(url) ? undefined : readHost(host);
}

/** Schemes whose `//` is not followed by a host to connect to. */
// deno-lint-ignore gait/linear-regex -- anchored, words, and runs of at most 20 characters
const LOCAL_SCHEME = new RegExp(
  "^(?:file|javascript|vbscript|data|blob|about|filesystem|php|phar|jar|zip|rar|glob|expect|ogg|npipe|pipe|intent|" +
    "view-source|resource|chrome|[a-z]{1,20}-extension|compress\\.[a-z0-9]{1,20}|(?:[a-z0-9.-]{1,20}\\+)?unix):",
  "i",
);

/** Whether the userinfo contains a second `@`: clients disagree which one ends it. */
function hasTwoUsers(url: string): boolean {
  const first = url.indexOf("@");
  if (first < 0) return false;
  const second = url.indexOf("@", first + 1);
  return second > 0 && !/[/?#]/.test(url.slice(url.indexOf("//") + 2, second));
}

/**
 * The host of a target of kind `host`: a name or an address, optionally followed by a port or a path, or a URL.
 * `undefined` for anything else.
 */
export function hostOfHost(text: string): HostReadings | undefined {
  const scheme = text.indexOf("://");
  // A client that strips several schemes would find another host than a URL parser.
  if (scheme >= 0) return text.includes("://", scheme + 1) ? undefined : hostOfUrl(text);
  // An unbracketed IPv6 address has at least two colons and no port.
  if (text.indexOf(":") !== text.lastIndexOf(":") && !text.startsWith("[")) return readHost(text);
  return /[?#@\\]/.test(text) ? undefined : hostOfUrl(`http://${text}`);
}

/** Parse a name or address without a port; IPv6 addresses have no brackets. */
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
 * The normal forms of a domain name: lower case, ASCII, without the trailing dot; `undefined` if it is invalid. Does
 * not handle numeric names.
 */
export function nameForms(text: string): string[] | undefined {
  // deno-lint-ignore no-control-regex -- what is not ASCII is meant
  const forms = /[^\x00-\x7f]/.test(text) ? asciiForms(text) : [text.toLowerCase()];
  const names = forms?.map((form) => form.endsWith(".") ? form.slice(0, -1) : form);
  return names?.every(isName) ? names : undefined;
}

/**
 * Whether a text consists of labels of 1 to 63 letters, digits, hyphens and underscores, separated by dots, of at
 * most 253 characters.
 */
function isName(text: string): boolean {
  // Programs that receive such a host as an argument would parse it as an option (`ssh -oProxyCommand`).
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

/** `address` or `address%zone`. A zone names an interface: what holds more, such as `@`, is a host elsewhere to others. */
function readAddress(text: string): HostReadings | undefined {
  const percent = text.indexOf("%");
  if (percent >= 0 && !/^%[\w.~-]{1,64}$/.test(text.slice(percent))) return undefined;
  const bare = ipv6Readings(percent < 0 ? text : text.slice(0, percent));
  if (!bare) return undefined;
  const aliases = bare.some(isThisMachine) ? THIS_MACHINE : NONE;
  if (percent < 0) return { hosts: bare, aliases };
  // Many clients ignore an irrelevant zone, so a denied address is denied with any zone.
  return { hosts: bare.map((host) => host + text.slice(percent)), aliases: [...bare, ...aliases] };
}

/** Spellings of the local machine, all of which connect to it. */
const THIS_MACHINE: readonly string[] = ["localhost", "127.0.0.1", "::1", "0.0.0.0", "::"];
/** Further names of the local machine in common hosts files. */
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
