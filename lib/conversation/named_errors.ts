import { GaitError, invalidInput } from "../errors/mod.ts";

/** Add the position of the conversation to errors. */
export async function naming<T>(position: string, step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    if (!(error instanceof GaitError) || error.code !== "invalid_input") throw error;
    throw renamed(`Cannot import ${position}: ${error.message}`, error);
  }
}

/** The rest of a message that says what can't be done with a log, where the log is named already. */
export function withoutName(message: string, what: string): string {
  const start = message.indexOf(`${what}: `);
  return start < 0 ? message : message.slice(start + what.length + 2);
}

/** An error with another message. */
export function renamed(message: string, error: GaitError): GaitError {
  return invalidInput(message, {
    cause: error,
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    ...(error.detail === undefined ? {} : { detail: error.detail }),
  });
}
