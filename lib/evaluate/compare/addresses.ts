import { isIpv6 } from "../../intent/url_host.ts";

/*
 * IPv4 addresses as clients parse them: one to four numbers, decimal, octal or hex, the last of which fills the
 * remaining bytes (`127.1`, `0x7f000001`, `2130706433`). A deny list that knew only the dotted form would be easy to
 * bypass.
 */

/** Whether clients parse a name with this last label as an address. */
export function looksNumeric(label: string): boolean {
  return label.startsWith("0x") ? !/[^0-9a-f]/.test(label.slice(2)) : !/[^0-9]/.test(label);
}

/**
 * The possible addresses of lower-case labels in dotted form; `undefined` if there are none. A leading zero gives
 * two, because clients disagree whether `010` is 8 or 10.
 */
export function ipv4Readings(labels: readonly string[]): string[] | undefined {
  const address = readParts(labels.map(inetNumber));
  if (address === undefined) return undefined;
  if (!labels.some(isOctal)) return [address];
  const decimal = readParts(labels.map((label) => isOctal(label) ? Number(label) : inetNumber(label)));
  return decimal === undefined || decimal === address ? [address] : [address, decimal];
}

/** Two 16-bit halves in dotted form. */
export function dotted(high: number, low: number): string {
  return [high >> 8, high & 0xff, low >> 8, low & 0xff].join(".");
}

function readParts(parts: readonly number[]): string | undefined {
  const last = parts.at(-1);
  const before = parts.slice(0, -1);
  if (last === undefined || parts.length > 4 || !before.every((part) => part < 256)) return undefined;
  if (!(last < 256 ** (5 - parts.length))) return undefined;
  const address = before.reduce((sum, part, i) => sum + part * 256 ** (3 - i), last);
  return dotted(Math.floor(address / 0x10000), address % 0x10000);
}

function isOctal(label: string): boolean {
  return label.length > 1 && label.startsWith("0") && !label.startsWith("0x");
}

/** NaN if it is not a number. */
function inetNumber(label: string): number {
  if (label === "" || !looksNumeric(label)) return NaN;
  if (label === "0x") return 0;
  return isOctal(label) ? Number(`0o${label.slice(1)}`) : Number(label);
}

/**
 * The possible addresses of an IPv6 address without zone, in normal form (RFC 5952); `undefined` if it is invalid. An
 * IPv4-mapped address is that IPv4 address. One that translates to IPv4 only on some networks is both.
 */
export function ipv6Readings(text: string): string[] | undefined {
  if (!isIpv6(text)) return undefined;
  const groups = groupsOf(text.toLowerCase());
  const ipv4 = dotted(groups[6]!, groups[7]!);
  const prefix = groups.slice(0, 6).join(":");
  if (prefix === MAPPED) return [ipv4];
  // 6to4 (RFC 3056): the address follows the first group.
  if (groups[0] === 0x2002) return [compressed(groups), dotted(groups[1]!, groups[2]!)];
  const translated = TRANSLATED.has(prefix) || isLocalTranslation(groups) ||
    (prefix === COMPATIBLE && groups[6] !== 0);
  return translated ? [compressed(groups), ipv4] : [compressed(groups)];
}

/** `::ffff:a.b.c.d` (RFC 4291, 2.5.5.2). */
const MAPPED = [0, 0, 0, 0, 0, 0xffff].join(":");
/** `::a.b.c.d` (RFC 4291, 2.5.5.1). */
const COMPATIBLE = [0, 0, 0, 0, 0, 0].join(":");
/** `::ffff:0:a.b.c.d` (RFC 2765) and `64:ff9b::a.b.c.d` (RFC 6052). */
const TRANSLATED: ReadonlySet<string> = new Set([
  [0, 0, 0, 0, 0xffff, 0].join(":"),
  [0x64, 0xff9b, 0, 0, 0, 0].join(":"),
]);

/** `64:ff9b:1::/48` (RFC 8215), which ends in the IPv4 address for the longest prefix. */
function isLocalTranslation([first, second, third]: readonly number[]): boolean {
  return first === 0x64 && second === 0xff9b && third === 1;
}

/** The eight groups of a valid address. */
function groupsOf(text: string): number[] {
  const [head, tail] = text.split("::").map(numbers) as [number[], number[]?];
  if (!tail) return head;
  return [...head, ...new Array<number>(8 - head.length - tail.length).fill(0), ...tail];
}

function numbers(text: string): number[] {
  if (text === "") return [];
  return text.split(":").flatMap((group) => {
    if (!group.includes(".")) return [parseInt(group, 16)];
    const [a, b, c, d] = group.split(".").map(Number) as [number, number, number, number];
    return [a * 256 + b, c * 256 + d];
  });
}

/** The first of the longest runs of two or more zeros as `::`. */
function compressed(groups: readonly number[]): string {
  let [start, length] = [0, 1];
  for (let i = 0; i < 8; i++) {
    let run = 0;
    while (groups[i + run] === 0) run++;
    if (run > length) [start, length] = [i, run];
  }
  const hex = groups.map((group) => group.toString(16));
  return length < 2
    ? hex.join(":")
    : `${hex.slice(0, start).join(":")}::${hex.slice(start + length).join(":")}`;
}
