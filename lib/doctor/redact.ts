/** The replacement for redacted text. */
const REDACTED = "<redacted>";

/** A run of at least this many characters of base64, hex or similar encodings may be a key, a token or a digest. */
const LEAST_RUN = 24;

/** Texts that must not leave the machine, with the replacement for each. */
export type Secrets = ReadonlyMap<string, string>;

/**
 * A text without secrets: known ones, user names and passwords in URLs, and anything that looks like a key or token.
 * It errs on the side of removing too much.
 */
export function redact(text: string, secrets: Secrets): string {
  let clean = text;
  const known = [...secrets].filter(([secret]) => secret !== "")
    .sort(([left], [right]) => right.length - left.length);
  for (const [secret, stand] of known) clean = clean.replaceAll(secret, () => stand);
  return clean.split(/([A-Za-z0-9+/_=.~-]{24,})/).map((part, i) => i % 2 === 1 ? withoutRuns(part) : part)
    .join("").replace(/\/\/[^\s/@]{0,500}@/g, `//${REDACTED}@`);
}

/** Short path components are kept. */
function withoutRuns(text: string): string {
  return text.split("/").map((part) => part.length >= LEAST_RUN && /[0-9A-Z]/.test(part) ? REDACTED : part)
    .join("/");
}
