import { decodeUtf8, utf8 } from "../formats/bytes.ts";
import { trimLower } from "../formats/text.ts";

/*
 * Extracts the host of a URL (docs/spec/gate.md 2.3, step 4). Not with `new URL`, which repairs malformed URLs
 * (`https:/\evil.test`), maps names by IDNA and drops blanks, so that allow lists would check another name than the
 * given one.
 */

/** Host without port, percent-decoded; `undefined` when there is none or anything about the URL is bad. */
export function urlHost(url: string): string | undefined {
  const [beforeFragment, fragment] = cut(url, "#");
  // deno-lint-ignore no-control-regex -- that is what is looked for
  if (/[\x00-\x1f\x7f]/.test(beforeFragment)) return undefined;
  const scheme = /^[A-Za-z][A-Za-z0-9+.-]*(?=:)/.exec(beforeFragment)?.[0];
  const afterScheme = scheme === undefined ? beforeFragment : beforeFragment.slice(scheme.length + 1);
  const [hierarchy] = cut(afterScheme, "?");
  if (!hierarchy.startsWith("//") || (scheme === undefined && hierarchy.startsWith("///"))) return undefined;
  const slash = hierarchy.indexOf("/", 2);
  const authority = hierarchy.slice(2, slash < 0 ? undefined : slash);
  const path = slash < 0 ? "" : hierarchy.slice(slash);
  const at = authority.lastIndexOf("@");
  const user = authority.slice(0, Math.max(at, 0));
  if (!USER.test(user) || ![user, path, fragment].every(isEscapedWell)) return undefined;
  const host = authority.slice(at + 1);
  return (host.startsWith("[") ? bracketedHost(host) : plainHost(host, scheme?.toLowerCase())) || undefined;
}

const USER = /^[A-Za-z0-9\-._~!$&'()*+,;=%:@]*$/;
const PORT = /^(?::[0-9]*)?$/;

/** `name:port`. */
function plainHost(host: string, scheme: string | undefined): string | undefined {
  const web = scheme === "http" || scheme === "https";
  const colon = web ? host.indexOf(":") : host.lastIndexOf(":");
  const name = colon < 0 ? host : host.slice(0, colon);
  const port = colon < 0 ? "" : host.slice(colon);
  return PORT.test(port) && isHostText(name) ? percentDecode(name) : undefined;
}

/** `[address]:port`, the address with an optional zone. */
function bracketedHost(host: string): string | undefined {
  const end = host.lastIndexOf("]");
  if (end < 0 || !PORT.test(host.slice(end + 1))) return undefined;
  const inner = host.slice(1, end);
  if (!isHostText(inner)) return undefined;
  const zoneAt = inner.indexOf("%25");
  const address = percentDecode(zoneAt < 0 ? inner : inner.slice(0, zoneAt));
  if (!isIpv6(address) || zoneAt === inner.length - 3) return undefined;
  return zoneAt < 0 ? address : address + percentDecode(inner.slice(zoneAt));
}

/** Whether a text has only valid host characters, and no escaped ASCII character but `%25`. */
function isHostText(text: string): boolean {
  return !/[ \\^`{|}[]/.test(text) && isEscapedWell(text) && !/%(?!25)[0-7]/.test(text);
}

/** Whether every `%` has its two hex digits. */
function isEscapedWell(text: string): boolean {
  return !/%(?![0-9A-Fa-f]{2})/.test(text);
}

/** Text of a well-escaped one; bytes that are no UTF-8 become U+FFFD. */
function percentDecode(text: string): string {
  if (!text.includes("%")) return text;
  const bytes = utf8(text);
  const decoded = new Uint8Array(bytes.length);
  let size = 0;
  for (let i = 0; i < bytes.length; i++) {
    if (bytes[i] !== PERCENT) decoded[size++] = bytes[i]!;
    else {
      decoded[size++] = parseInt(String.fromCharCode(bytes[i + 1]!, bytes[i + 2]!), 16);
      i += 2;
    }
  }
  return decodeUtf8(decoded.subarray(0, size));
}

const PERCENT = 0x25;

function cut(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + separator.length)];
}

/** The domain that a target leads to, when it does not say; empty when there is none (docs/spec/gate.md 2.3). */
export function inferEndpointDomain(kind: string, value: string): string {
  if (kind === "url") return trimLower(urlHost(value) ?? "");
  if (kind !== "host") return "";
  const rest = withoutPrefix(withoutPrefix(value, "http://"), "https://");
  return trimLower(upTo(upTo(rest, "/"), ":"));
}

function withoutPrefix(text: string, prefix: string): string {
  return text.startsWith(prefix) ? text.slice(prefix.length) : text;
}

function upTo(text: string, end: string): string {
  const at = text.indexOf(end);
  return at < 0 ? text : text.slice(0, at);
}

/** Whether a text is an IPv6 address, without a zone: `::1`, `2001:db8::7`, `::ffff:192.0.2.1`. */
export function isIpv6(text: string): boolean {
  const [head, tail, ...more] = text.split("::");
  if (head === undefined || more.length > 0) return false;
  if (tail === undefined) return countGroups(head, true) === 8;
  // `::` stands for at least one group of zeros.
  const before = head === "" ? 0 : countGroups(head, false);
  const after = tail === "" ? 0 : countGroups(tail, true);
  return before !== undefined && after !== undefined && before + after <= 7;
}

/** Number of 16-bit groups; `undefined` when one is malformed. Only the end may be an IPv4 address. */
function countGroups(text: string, mayEndInIpv4: boolean): number | undefined {
  const groups = text.split(":");
  const last = groups.at(-1)!;
  const ipv4 = mayEndInIpv4 && isIpv4(last);
  const hex = ipv4 ? groups.slice(0, -1) : groups;
  if (!hex.every((group) => /^[0-9A-Fa-f]{1,4}$/.test(group))) return undefined;
  return hex.length + (ipv4 ? 2 : 0);
}

function isIpv4(text: string): boolean {
  const parts = text.split(".");
  return parts.length === 4 &&
    parts.every((part) => /^(?:0|[1-9][0-9]{0,2})$/.test(part) && Number(part) < 256);
}
