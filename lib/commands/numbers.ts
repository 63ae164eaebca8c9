import { invalidInput } from "../errors/mod.ts";

/**
 * A whole number that a flag gives.
 *
 * @param least the smallest that will do; any when left out
 * @throws {GaitError} `invalid_input`
 */
export function wholeNumber(given: string, flag: string, least = Number.MIN_SAFE_INTEGER): number {
  const value = /^[+-]?[0-9]+$/.test(given) ? Number(given) : NaN;
  if (Number.isSafeInteger(value) && value >= least) return value;
  const expected = least === Number.MIN_SAFE_INTEGER ? "a whole number" : `a whole number from ${least} on`;
  throw invalidInput(`Cannot use ${flag} "${given}": expected ${expected}`);
}
