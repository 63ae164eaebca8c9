import { ipv4Readings, ipv6Readings } from "../../evaluate/compare/addresses.ts";
import { readHost } from "../../evaluate/compare/host.ts";
import { eachIban } from "./iban.ts";

/*
 * What identifies a destination is distinctive at any length: e-mail addresses, hosts, IP addresses, account numbers.
 * A text is walked once, and what is looked at around a position is bounded.
 */

/** Longest host name (RFC 1035, 2.3.4) and local part of an address (RFC 5321, 4.5.3.1.1). */
const MAX_HOST = 253;
const MAX_LOCAL = 64;
/** Labels of a host whose parents are looked up. */
const MAX_LABELS = 12;

/** How a text is searched. */
export interface EntityOptions {
  /**
   * Also visit the parents of hosts, and a text that may be a host name as a whole: data can leave in the name of a
   * subdomain of a host that was named.
   */
  readonly parents: boolean;
}

/** Visit the entities of a folded text, in normal form, with a letter for their kind. */
export function eachEntity(
  text: string,
  { parents }: EntityOptions,
  visit: (entity: string) => void,
): void {
  const host = (name: string) => eachHostForm(name, parents, (form) => visit(`h:${form}`));
  eachToken(text, isHostUnit, (token) => {
    if (token.includes(".")) host(token);
  });
  eachAddress(text, (local, name) => visit(`m:${local}@${name}`));
  eachAuthority(text, (name) => {
    host(name);
    visit(`h:${name}`);
  });
  eachToken(text, isIpv6Unit, (token) => {
    if (token.length > 45 || token.indexOf(":") === token.lastIndexOf(":")) return;
    for (const address of ipv6Readings(token) ?? []) visit(`h:${address}`);
  });
  eachIban(text, (iban) => visit(`i:${iban}`));
  if (parents && text.length <= MAX_HOST && !text.includes(".") && isWhole(text)) visit(`h:${text}`);
}

/** Visit the maximal runs of a class of characters. */
function eachToken(text: string, isPart: (code: number) => boolean, visit: (token: string) => void): void {
  let start = -1;
  for (let i = 0; i <= text.length; i++) {
    const inside = i < text.length && isPart(text.charCodeAt(i));
    if (inside && start < 0) start = i;
    else if (!inside && start >= 0) {
      visit(text.slice(start, i));
      start = -1;
    }
  }
}

/** Visit the forms of a dotted name, or of the IPv4 address that it is. */
function eachHostForm(token: string, parents: boolean, visit: (form: string) => void): void {
  const name = trimEnds(token.slice(-MAX_HOST));
  const labels = name.split(".");
  if (labels.length < 2 || labels.includes("")) return;
  const last = labels.at(-1)!;
  if (/^[0-9]/.test(last)) {
    if (labels.length === 4) { for (const address of ipv4Readings(labels) ?? []) visit(address); }
    return;
  }
  if (last.length < 2 || FILE_ENDINGS.has(last)) return;
  const first = parents ? Math.max(0, labels.length - MAX_LABELS) : 0;
  for (let from = first; from === first || (parents && from <= labels.length - 2); from++) {
    for (const form of formsOf(labels.slice(from).join("."))) visit(form);
  }
}

/** An international name also in the form of the DNS. */
function formsOf(name: string): readonly string[] {
  if (!/[^\x20-\x7e]/.test(name) && !name.includes("xn--")) return [name];
  const read = readHost(name);
  return [name, ...read?.hosts ?? [], ...read?.aliases ?? []];
}

/** Endings of file names that are no top-level domains. Others, such as `md` and `py`, are both. */
const FILE_ENDINGS: ReadonlySet<string> = new Set(
  ("txt json jsonl csv tsv log yaml yml toml xml html htm css scss js mjs cjs ts mts jsx tsx pdf doc docx xls xlsx " +
    "ppt pptx png jpg jpeg gif svg ico webp mp3 wav ini cfg conf lock bak tmp exe dll so tar gz tgz rar java class " +
    "jar cpp hpp hh php sql db sqlite env gitignore ipynb rb lua swift kt bin dat wasm map").split(" "),
);

/** Visit local part and host of what may be e-mail addresses. */
function eachAddress(text: string, visit: (local: string, host: string) => void): void {
  for (let at = text.indexOf("@"); at >= 0; at = text.indexOf("@", at + 1)) {
    let start = at;
    while (start > 0 && at - start < MAX_LOCAL && isLocalUnit(text.charCodeAt(start - 1))) start--;
    let end = at + 1;
    while (end < text.length && end - at <= MAX_HOST && isHostUnit(text.charCodeAt(end))) end++;
    const [local, host] = [trimEnds(text.slice(start, at)), trimEnds(text.slice(at + 1, end))];
    if (local !== "" && host !== "") visit(local, host);
  }
}

/** Visit the hosts of URLs, those without a dot too. */
function eachAuthority(text: string, visit: (host: string) => void): void {
  for (let at = text.indexOf("://"); at >= 0; at = text.indexOf("://", at + 3)) {
    let start = at + 3;
    let end = start;
    while (end < text.length && end - start <= MAX_HOST && !/[\s/?#\\"'<>`{}|,;)]/.test(text[end]!)) {
      end++;
      if (text[end - 1] === "@") start = end;
    }
    const authority = text.slice(start, end);
    const colon = authority.lastIndexOf(":");
    const name = trimEnds(colon < 0 || authority.startsWith("[") ? authority : authority.slice(0, colon));
    if (name !== "") visit(name);
  }
}

/** Without the punctuation around a name. */
function trimEnds(name: string): string {
  let [start, end] = [0, name.length];
  while (start < end && EDGE.has(name[start]!)) start++;
  while (end > start && EDGE.has(name[end - 1]!)) end--;
  return name.slice(start, end);
}

const EDGE: ReadonlySet<string> = new Set(".-_'+%");

function isWhole(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    if (!isHostUnit(text.charCodeAt(i))) return false;
  }
  return text !== "";
}

/** Letters of any script, digits, and `.`, `-`, `_`. */
function isHostUnit(code: number): boolean {
  return isAlphanumeric(code) || code === 0x2e || code === 0x2d || code === 0x5f || isForeign(code);
}

/** Characters of the local part that people use; the others of RFC 5322, 3.2.3 more often stand before an address. */
function isLocalUnit(code: number): boolean {
  return isHostUnit(code) || code === 0x2b || code === 0x25 || code === 0x27;
}

function isIpv6Unit(code: number): boolean {
  return (code >= 0x30 && code <= 0x3a) || (code >= 0x61 && code <= 0x66) || code === 0x2e;
}

function isAlphanumeric(code: number): boolean {
  return (code >= 0x30 && code <= 0x39) || (code >= 0x61 && code <= 0x7a);
}

/** A letter beyond ASCII. Punctuation and blanks up to U+00BF, and those of U+2000 and U+3000, are none. */
function isForeign(code: number): boolean {
  return code >= 0xc0 && code !== 0xffff && !(code >= 0x2000 && code <= 0x206f) &&
    !(code >= 0x3000 && code <= 0x303f);
}
