import { type ErrorCode, MEANING } from "./codes.ts";

/** What a {@linkcode GaitError} may carry beside its code and message. */
export interface ErrorDetails {
  /** What the user can do next; falls back to the general hint of the code. */
  readonly hint?: string;
  /** A finer, stable name of the reason, shown as `error_detail`. */
  readonly detail?: string;
  /** Further errors of the same input, behind this one. */
  readonly others?: readonly GaitError[];
  /** The error behind it. */
  readonly cause?: unknown;
}

/**
 * The one error of this program. Its exit status follows from `code` alone, never from the text.
 *
 * Messages: capital first, no full stop, quoted values.
 */
export class GaitError extends Error {
  /** The kind of failure; never guess it from the text. */
  readonly code: ErrorCode;
  /** What can be done about it. */
  readonly hint: string | undefined;
  /** A finer, stable name of the reason. */
  readonly detail: string | undefined;
  /** Further errors of the same input, in its order. */
  readonly others: readonly GaitError[];

  /** An error of a kind, with what is known beside its text. */
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
    super(code, texts.message(name), texts.hint && { hint: texts.hint(name) });
    this.#texts = {
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

/** Input that can't be used: exit 6. */
export function invalidInput(message: string, details?: ErrorDetails): GaitError {
  return new GaitError("invalid_input", message, details);
}

/** An artifact that does not prove what it claims: exit 2. */
export function verificationFailed(message: string, details?: ErrorDetails): GaitError {
  return new GaitError("verification_failed", message, details);
}

/** An operation that is refused because it is not safe: exit 8. */
export function unsafeOperation(message: string, details?: ErrorDetails): GaitError {
  return new GaitError("unsafe_operation", message, details);
}

/** The text of anything thrown. */
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

/** One of several errors of an input. */
function describeOne({ message, hint, detail }: GaitError): Record<string, string> {
  return {
    error: message,
    ...(hint === undefined ? {} : { hint }),
    ...(detail === undefined ? {} : { error_detail: detail }),
  };
}

/** What a step makes of something that may be damaged; nothing when it can't be read. */
export async function ifReadable<T>(make: () => T | Promise<T>): Promise<T | undefined> {
  try {
    return await make();
  } catch (error) {
    if (error instanceof GaitError) return undefined;
    throw error;
  }
}
