/*
 * IPv4 addresses as clients take them: one to four numbers, decimal, octal or hex, the last of which fills what is
 * left (`127.1`, `0x7f000001`, `2130706433`). A deny list that knew the dotted form alone would be one spelling away
 * from useless.
 */

/** Whether a name with this last label is taken for an address, and for no name. */
export function looksNumeric(label: string): boolean {
  return label.startsWith("0x") ? !/[^0-9a-f]/.test(label.slice(2)) : !/[^0-9]/.test(label);
}

/**
 * The addresses in dotted form that labels in lower case may mean; `undefined` when they mean none. Where a part has
 * a leading zero there are two, because clients disagree whether `010` is 8 or 10.
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

/** NaN for what is no number. */
function inetNumber(label: string): number {
  if (label === "" || !looksNumeric(label)) return NaN;
  if (label === "0x") return 0;
  return isOctal(label) ? Number(`0o${label.slice(1)}`) : Number(label);
}
