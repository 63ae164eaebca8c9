/** What a promise may come to, in the hundredth part of the currency; 0 stands for "not said". */
export interface Amounts {
  readonly quote_min_cents: number;
  readonly quote_max_cents: number;
  readonly refund_ceiling_cents: number;
}

/**
 * What is wrong with amounts (docs/spec/voice.md section 2). Numbers that a double can't hold never come this far: they
 * are refused when the text is read, so an amount can't change under a signature.
 */
export function amountProblem(
  { quote_min_cents: min, quote_max_cents: max, refund_ceiling_cents: ceiling }: Amounts,
): string | undefined {
  if (min < 0 || max < 0 || ceiling < 0) return "an amount is negative";
  if (max > 0 && min > max) return "quote_min_cents is more than quote_max_cents";
  return undefined;
}

/** A currency as it is signed and compared. */
export function currencyOf(given: string): string {
  let result = "";
  // By code point, each on its own: one that has no single upper-case form stays.
  for (const char of given) {
    const upper = char.toUpperCase();
    result += [...upper].length === 1 ? upper : char;
  }
  return result;
}
