/**
 * Remove format characters and all others that are ignored when text is displayed. The expression is made where it is
 * used: its tables are large, and most calls need none.
 */
export function withoutInvisible(text: string): string {
  return text.replace(/[\p{Cf}\p{Default_Ignorable_Code_Point}]/gu, "");
}
