import { MEANING } from "./codes.ts";
import type { GaitError } from "./error.ts";

/** The members that describe an error (docs/spec/core.md 3.3). */
export function describeError(error: GaitError): Record<string, string | boolean | Record<string, string>[]> {
  const { category, retryable, hint } = MEANING[error.code];
  return {
    error: error.message,
    error_code: error.code,
    error_category: category,
    hint: error.hint ?? hint,
    retryable,
    ...(error.detail === undefined ? {} : { error_detail: error.detail }),
    ...(error.others.length === 0 ? {} : { errors: [error, ...error.others].map(describeOne) }),
  };
}

/** One of several errors of an input. */
function describeOne({ message, hint, detail }: GaitError): Record<string, string> {
  return {
    error: message,
    ...(hint === undefined ? {} : { hint }),
    ...(detail === undefined ? {} : { error_detail: detail }),
  };
}
