import type { JsonObject } from "../../../lib/formats/json/mod.ts";

/** The tokens in what an interrupt was resumed with: one, several, or `{ approval_tokens: [...] }`. */
export function tokensOf(answer: unknown): JsonObject[] {
  if (Array.isArray(answer)) return answer.flatMap((one) => Array.isArray(one) ? [] : tokensOf(one));
  if (typeof answer !== "object" || answer === null) return [];
  const { approval_tokens: inside, intent_digest: digest } = answer as JsonObject;
  if (Array.isArray(inside)) return tokensOf(inside.filter((one) => !Array.isArray(one)));
  return typeof digest === "string" ? [answer as JsonObject] : [];
}
