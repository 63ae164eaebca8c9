/**
 * What is not seen, or acts on the text around it, apart from C0, as the inside of a character class: DEL and C1, what
 * has no width or turns the direction, line separators, the byte order mark.
 */
export const UNSEEN = String.raw`\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff`;

// deno-lint-ignore gait/linear-regex -- one character of a class
const CONTROLS = new RegExp(String.raw`[\x00-\x1f${UNSEEN}]`, "g");

/**
 * Make control characters visible: data must not move the cursor, hide text or reverse its direction
 * (anchors 5.3, item 46).
 */
export function escapeControls(text: string): string {
  return text.replace(CONTROLS, (char) => {
    const code = char.charCodeAt(0);
    return code < 0x100
      ? `\\x${code.toString(16).padStart(2, "0")}`
      : `\\u${code.toString(16).padStart(4, "0")}`;
  });
}
