import type { JsonObject, JsonValue } from "../formats/json/mod.ts";
import { isNonEmpty } from "./payload.ts";

/**
 * What a failed call's text begins with: by convention of agents, and in the fixed words of the OpenAI Agents SDK, of
 * CrewAI, CAMEL, Semantic Kernel and Haystack, which stand before the message of an exception; Mistral Vibe puts what it did not run, or what
 * failed, into tags.
 */
const FAILURES = [
  "Error: ",
  "An error occurred while running the tool. Please try again.",
  "Error executing tool: ",
  "Tool execution failed: ",
  "An error occurred while invoking the function ",
  "Failed to invoke Tool `",
  "<tool_error>",
  "<user_cancellation>",
] as const;

/**
 * Whether an answer failed: by flags that loggers add to the message, or else by the start of its text, because the
 * format has no flag for failed calls.
 */
export function failureOf(answer: JsonObject, content: JsonValue | undefined): boolean | undefined {
  const { is_error: isError, tool_call_error: agno, error, status } = answer;
  if (typeof isError === "boolean") return isError;
  if (typeof agno === "boolean") return agno;
  if (isNonEmpty(error) || status === "error") return true;
  return typeof content === "string" && FAILURES.some((text) => content.startsWith(text)) ? true : undefined;
}
