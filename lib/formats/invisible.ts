/**
 * Remove format characters and all others that are ignored when text is displayed. The expression is made where it is
 * used: its tables are large, and most calls need none.
 */
export function withoutInvisible(text: string): string {
  return text.replace(/[\p{Cf}\p{Default_Ignorable_Code_Point}]/gu, "");
}

/** A text as it is displayed: without invisible characters, and with look-alikes such as full-width letters replaced. */
export function asSeen(text: string): string {
  for (let i = 0; i < text.length; i++) {
    if (text.charCodeAt(i) > 0x7f) return withoutInvisible(text).normalize("NFKC");
  }
  return text;
}
