/** Escape text for roff, so that none of it is read as a request, an escape or a hyphen. */
export function roffText(text: string): string {
  const escaped = text.replace(/[^\x20-\x7e]|[\\\-'`^~"]/gu, (char) => ESCAPES[char] ?? codePoint(char));
  return /^[.']/.test(text) ? `\\&${escaped}` : escaped;
}

/** The argument of a request or macro, quoted. */
export function roffArgument(text: string): string {
  return `"${roffText(text)}"`;
}

const ESCAPES: Readonly<Record<string, string>> = {
  "\\": "\\(rs",
  "-": "\\-",
  "'": "\\(aq",
  "`": "\\(ga",
  "^": "\\(ha",
  "~": "\\(ti",
  '"': "\\(dq",
};

function codePoint(char: string): string {
  const code = char.codePointAt(0)!;
  // Control characters could start a new line or drive the terminal, so they are removed.
  return code < 0xa0 ? " " : `\\[u${code.toString(16).toUpperCase().padStart(4, "0")}]`;
}
