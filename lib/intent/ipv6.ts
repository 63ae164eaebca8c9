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
