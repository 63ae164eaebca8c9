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

/** Says what a field of options is called, by whoever gives it: a flag of a command, a member of an object. */
export type FieldName = (field: string) => string;

/** The texts of an {@linkcode OptionError}, in which fields are named as the reader knows them. */
export interface OptionTexts {
  readonly message: (name: FieldName) => string;
  readonly hint?: (name: FieldName) => string;
  /** The underlying error. */
  readonly cause?: unknown;
}

/**
 * An option that is missing or can't be used. The domain knows fields alone: a command names its flags instead, a step
 * that hands a part of its own options on names the whole path. Names are put into the texts, never looked for in them,
 * so a value of the user's can't be mistaken for one.
 */
export class OptionError extends GaitError {
  readonly #texts: OptionTexts;

  /** An error whose texts name fields as they are, until {@linkcode named} says otherwise. */
  constructor(code: ErrorCode, texts: OptionTexts, name: FieldName = (field) => field) {
    const { cause } = texts;
    super(code, texts.message(name), { ...(texts.hint && { hint: texts.hint(name) }), cause });
    this.#texts = {
      cause,
      message: (outer) => texts.message((field) => outer(name(field))),
      ...(texts.hint && { hint: (outer: FieldName) => texts.hint!((field) => outer(name(field))) }),
    };
  }

  /** The same error, with its fields under other names. */
  named(name: FieldName): OptionError {
    return new OptionError(this.code, this.#texts, name);
  }
}

/** An option that can't be used: exit 6. */
export function invalidOption(message: OptionTexts["message"], hint?: OptionTexts["hint"]): OptionError {
  return new OptionError("invalid_input", { message, ...(hint && { hint }) });
}

/** An option that the work can't be done without: exit 6. */
export function missingOption(field: string, hint?: OptionTexts["hint"]): OptionError {
  return invalidOption((name) => `Missing ${name(field)}`, hint);
}

/**
 * Run a step with a part of the options: its errors name the fields as they are called in the whole.
 *
 * @param name the name in the whole of a field of the part
 */
export async function namingOptions<T>(step: () => Promise<T>, name: FieldName): Promise<T> {
  try {
    return await step();
  } catch (error) {
    throw error instanceof OptionError ? error.named(name) : error;
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
