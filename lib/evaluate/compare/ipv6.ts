import { isIpv6 } from "../../intent/ipv6.ts";
import { dotted } from "./ipv4.ts";

/**
 * The addresses that an IPv6 address without zone may mean, each in normal form (RFC 5952); `undefined` when it is
 * none. An address that maps IPv4 is that IPv4 address. One that only translates to IPv4 on some networks is both.
 */
export function ipv6Readings(text: string): string[] | undefined {
  if (!isIpv6(text)) return undefined;
  const groups = groupsOf(text.toLowerCase());
  const ipv4 = dotted(groups[6]!, groups[7]!);
  const prefix = groups.slice(0, 6).join(":");
  if (prefix === MAPPED) return [ipv4];
  // 6to4 (RFC 3056): the address stands behind the first group.
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

/** `64:ff9b:1::/48` (RFC 8215), which ends in the IPv4 address where its prefix is the longest. */
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
