import { type ErrorCode, MEANING } from "./codes.ts";

/** Optional details of a {@linkcode GaitError}. */
export interface ErrorDetails {
  /** What the user can do next; defaults to the general hint of the code. */
  readonly hint?: string;
  /** A more specific, stable name of the reason, reported as `error_detail`. */
  readonly detail?: string;
  /** Further errors in the same input, in order. */
  readonly others?: readonly GaitError[];
  /** The underlying error. */
  readonly cause?: unknown;
}

/**
 * The only error type of this program. Its exit status follows from `code` alone, never from the message.
 *
 * Messages: capital first, no full stop, quoted values.
 */
export class GaitError extends Error {
  /** The kind of failure; never infer it from the message. */
  readonly code: ErrorCode;
  /** What the user can do next. */
  readonly hint: string | undefined;
  /** A more specific, stable name of the reason. */
  readonly detail: string | undefined;
  /** Further errors in the same input, in order. */
  readonly others: readonly GaitError[];

  /** Create an error with a code, a message and optional details. */
  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = "GaitError";
    this.code = code;
    this.hint = details.hint;
    this.detail = details.detail;
    this.others = details.others ?? [];
  }
}

/** Unusable input: exit 6. */
export function invalidInput(message: string, details?: ErrorDetails): GaitError {
  return new GaitError("invalid_input", message, details);
}

/** An artifact that does not verify: exit 2. */
export function verificationFailed(message: string, details?: ErrorDetails): GaitError {
  return new GaitError("verification_failed", message, details);
}

/** An operation refused because it is unsafe: exit 8. */
export function unsafeOperation(message: string, details?: ErrorDetails): GaitError {
  return new GaitError("unsafe_operation", message, details);
}

/** The message of any thrown value. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

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

/** One of several errors in an input. */
function describeOne({ message, hint, detail }: GaitError): Record<string, string> {
  return {
    error: message,
    ...(hint === undefined ? {} : { hint }),
    ...(detail === undefined ? {} : { error_detail: detail }),
  };
}

/** The result of a step that reads possibly damaged data; undefined if the data can't be read. */
export async function ifReadable<T>(make: () => T | Promise<T>): Promise<T | undefined> {
  try {
    return await make();
  } catch (error) {
    if (error instanceof GaitError) return undefined;
    throw error;
  }
}
