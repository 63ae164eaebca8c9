/** Characters of a token (RFC 9110, 5.6.2). */
const TOKEN = /[!#$%&'*+.^_`|~0-9A-Za-z-]/;

/**
 * The media type of a `Content-Type`, in lower case; `undefined` when the type or a parameter is malformed, or a
 * parameter occurs twice, which two readers could interpret differently.
 */
export function mediaTypeOf(given: string): string | undefined {
  const [type = "", ...rest] = splitParameters(given);
  const [main, sub, ...more] = type.trim().split("/");
  if (!isToken(main) || !isToken(sub) || more.length > 0) return undefined;
  const seen = new Set<string>();
  for (const [i, parameter] of rest.entries()) {
    // One trailing semicolon is allowed.
    if (i === rest.length - 1 && parameter.trim() === "") break;
    const equals = parameter.indexOf("=");
    const name = parameter.slice(0, Math.max(equals, 0)).trim().toLowerCase();
    if (!isToken(name) || !isValue(parameter.slice(equals + 1).trim()) || seen.has(name)) return undefined;
    seen.add(name);
  }
  return type.trim().toLowerCase();
}

/** Split at semicolons outside of quotes. */
function splitParameters(given: string): string[] {
  const parts = [""];
  let quoted = false;
  for (let i = 0; i < given.length; i++) {
    const char = given[i]!;
    if (quoted && char === "\\") {
      parts[parts.length - 1] += char + (given[++i] ?? "");
      continue;
    }
    if (char === '"') quoted = !quoted;
    if (char === ";" && !quoted) parts.push("");
    else parts[parts.length - 1] += char;
  }
  return parts;
}

function isToken(text: string | undefined): boolean {
  return text !== undefined && text !== "" && [...text].every((char) => TOKEN.test(char));
}

function isValue(text: string): boolean {
  if (!text.startsWith('"')) return isToken(text);
  return text.length > 1 && text.endsWith('"') && !/^"(?:[^"\\]|\\.)*\\"$/.test(text);
}
