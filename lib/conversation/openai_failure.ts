import type { JsonObject, JsonValue } from "../formats/json/mod.ts";
import { isNonEmpty } from "./payload.ts";

/**
 * Whether an answer failed: by flags that loggers add to the message, or else by the start of its text. The format
 * has no flag for failed calls; agents write `Error: ` at the beginning instead.
 */
export function failureOf(answer: JsonObject, content: JsonValue | undefined): boolean | undefined {
  const { is_error: isError, error, status } = answer;
  if (typeof isError === "boolean") return isError;
  if (isNonEmpty(error) || status === "error") return true;
  return typeof content === "string" && content.startsWith("Error: ") ? true : undefined;
}
