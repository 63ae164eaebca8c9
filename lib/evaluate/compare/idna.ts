/*
 * Converts non-ASCII names to the form used in DNS. The UTS 46 mapping (case, width, dots of other scripts, ignored
 * characters) is that of the built-in URL parser, which clients also use. It receives only the name, extracted by our
 * own parser and without ASCII characters other than those of names, so it can't shift the end of the host; its
 * result is checked like any other name (docs/spec/gate.md 3.3.3).
 */

/** The ASCII forms that clients convert a non-ASCII name to; `undefined` if they refuse it. */
export function asciiForms(name: string): string[] | undefined {
  // Only full-width or half-width letters and digits: nothing else to map.
  const narrow = name.replaceAll("\u3002", ".").normalize("NFKC").replaceAll("\u3002", ".").toLowerCase();
  if (/^[0-9a-z._-]*$/.test(narrow)) return [narrow];
  if (/[\x21-\x7e]/.test(name.replace(/[0-9A-Za-z._-]/g, ""))) return undefined;
  const form = toAscii(name);
  if (form === undefined) return undefined;
  if (!/[\u00df\u1e9e\u03c2\u200c\u200d]/.test(name)) return [form];
  // IDNA 2003 maps these away and IDNA 2008 keeps them, so they lead to different hosts (UTS 46, 1.3.1).
  const older = toAscii(
    name.replace(/[\u00df\u1e9e]/g, "ss").replaceAll("\u03c2", "\u03c3").replace(/[\u200c\u200d]/g, ""),
  );
  return older === undefined || older === form ? [form] : [form, older];
}

/** Decode Punycode labels; an invalid label is kept. */
export function unicodeForm(name: string): string {
  return name.split(".").map((label) => label.startsWith("xn--") ? decodeLabel(label) : label).join(".");
}

function toAscii(name: string): string | undefined {
  try {
    return new URL(`http://${name}`).hostname;
  } catch {
    return undefined;
  }
}

/** Units of a label (RFC 1035, 2.3.4). */
const MAX_LABEL = 63;

/** Punycode (RFC 3492, 6.2), without the prefix. */
function decodeLabel(label: string): string {
  const text = label.slice("xn--".length);
  if (text === "" || label.length > MAX_LABEL) return label;
  const dash = text.lastIndexOf("-");
  const points = [...text.slice(0, Math.max(dash, 0))].map((char) => char.codePointAt(0)!);
  let [code, i, bias] = [128, 0, 72];
  for (let at = dash + 1; at < text.length;) {
    const before = i;
    let weight = 1;
    for (let k = 36;; k += 36) {
      const digit = digitOf(text.charCodeAt(at++));
      if (digit === undefined) return label;
      i += digit * weight;
      const threshold = Math.min(Math.max(k - bias, 1), 26);
      if (digit < threshold) break;
      weight *= 36 - threshold;
    }
    bias = adapt(i - before, points.length + 1, before === 0);
    code += Math.floor(i / (points.length + 1));
    if (code > 0x10ffff) return label;
    i %= points.length + 1;
    points.splice(i++, 0, code);
  }
  // deno-lint-ignore gait/no-spread-call -- a label has at most 63 units
  return String.fromCodePoint(...points);
}

function digitOf(unit: number): number | undefined {
  if (unit >= 0x61 && unit <= 0x7a) return unit - 0x61;
  return unit >= 0x30 && unit <= 0x39 ? unit - 0x30 + 26 : undefined;
}

function adapt(delta: number, count: number, first: boolean): number {
  let left = Math.floor(delta / (first ? 700 : 2));
  left += Math.floor(left / count);
  let k = 0;
  for (; left > 455; k += 36) left = Math.floor(left / 35);
  return k + Math.floor(36 * left / (left + 38));
}
