/** What stands in the place of what was taken out. */
const REDACTED = "<redacted>";

/** A longer run of letters, digits and signs of encodings may be a key, a token or a digest. */
const LEAST_RUN = 24;

/** Texts that must not leave the machine, and what stands for each. */
export type Secrets = ReadonlyMap<string, string>;

/**
 * A text without secrets: those that are known, users and passwords in addresses, and whatever looks like a key or
 * token. Better too much is taken out than too little.
 */
export function redact(text: string, secrets: Secrets): string {
  let clean = text;
  const known = [...secrets].filter(([secret]) => secret !== "")
    .sort(([left], [right]) => right.length - left.length);
  for (const [secret, stand] of known) clean = clean.replaceAll(secret, () => stand);
  return clean.split(/([A-Za-z0-9+/_=.~-]{24,})/).map((part, i) => i % 2 === 1 ? withoutRuns(part) : part)
    .join("").replace(/\/\/[^\s/@]{0,500}@/g, `//${REDACTED}@`);
}

/** Paths keep their short parts. */
function withoutRuns(text: string): string {
  return text.split("/").map((part) => part.length >= LEAST_RUN && /[0-9A-Z]/.test(part) ? REDACTED : part)
    .join("/");
}
