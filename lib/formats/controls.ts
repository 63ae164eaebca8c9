/**
 * Invisible characters, and characters that affect surrounding text, except C0, as the content of a character class
 * for a regular expression with the `u` flag: DEL and C1; format characters (Cf) and other default-ignorable code
 * points such as joiners, direction marks, tags, variation selectors and fillers; line separators; characters that
 * look like a space; lone surrogates; and unassigned code points. The only definition, used wherever data is
 * displayed.
 */
export const UNSEEN = String.raw`\x7f-\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u2800\u3000\u{1d159}` +
  String.raw`\p{Cf}\p{Cs}\p{Co}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}`;

/** Compiled on first use: Unicode properties are large tables, and a command that prints JSON needs none. */
let controls: RegExp | undefined;

/**
 * Escape control characters and invisible ones: data must not move the cursor, hide text, reverse its direction or
 * look like other data (docs/threat_model.md 46).
 */
export function escapeControls(text: string): string {
  if (/^[\x20-\x7e]*$/.test(text)) return text;
  // deno-lint-ignore gait/linear-regex -- one character of a class
  controls ??= new RegExp(String.raw`[\x00-\x1f${UNSEEN}]`, "gu");
  return text.replace(controls, (char) => {
    const code = char.codePointAt(0)!;
    const digits = code.toString(16);
    if (code < 0x100) return `\\x${digits.padStart(2, "0")}`;
    return code < 0x10000 ? `\\u${digits.padStart(4, "0")}` : `\\u{${digits}}`;
  });
}

/**
 * Escape the invisible characters of JSON text as `\uXXXX`: to a program the text stays the same, and a person who
 * looks at it in a terminal sees them.
 *
 * @param json serialised JSON; outside of its strings there are no such characters
 */
export function escapeControlsInJson(json: string): string {
  // deno-lint-ignore gait/linear-regex -- one character of a class
  const unseen = new RegExp(`[${UNSEEN}]`, "gu");
  return json.replace(unseen, (char) => {
    const units = Array.from({ length: char.length }, (_, i) => char.charCodeAt(i));
    return units.map((unit) => `\\u${unit.toString(16).padStart(4, "0")}`).join("");
  });
}
