/*
 * Two spellings of one text are compared in one form. Characters that a reader doesn't see are removed, compatibility
 * forms become plain ones (NFKC), and case is folded, because models and attackers write one address in all of these
 * ways (docs/threat_model.md 11).
 */

/** Divides texts that don't follow each other in a view; no text contains it. */
export const BREAK = "\uffff";

/** Texts without a control character other than white space, and without letters of another form. */
const ASCII_VISIBLE = /^[\t\n\r\x20-\x7e]*$/;
// deno-lint-ignore no-control-regex -- see above
const INVISIBLE = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\uffff\p{Cf}\p{Default_Ignorable_Code_Point}]/gu;

/** The text in NFKC without invisible characters. Case stays, because base64 depends on it. */
export function visibleText(text: string): string {
  if (ASCII_VISIBLE.test(text)) return text;
  // Removed before and after: an invisible character may keep two others from composing, and NFKC may produce some.
  return text.replace(INVISIBLE, "").normalize("NFKC").replace(INVISIBLE, "");
}

/** A visible text without differences of case. Full stops of other scripts separate labels of a host like `.`. */
export function foldCase(text: string): string {
  const lowered = text.toLowerCase();
  if (ASCII_VISIBLE.test(lowered)) return lowered;
  // Through upper case: it unites `ß` and `ss`, and both small sigmas.
  return lowered.toUpperCase().toLowerCase().normalize("NFKC").replaceAll("ς", "σ").replaceAll("。", ".");
}
