import { isJsonObject, type JsonValue } from "../formats/json/mod.ts";
import type { Ledger } from "./ledger.ts";

/** Blocks of a message that hold no call: a runpack records calls, not what was said around them. */
const SPOKEN = new Set([
  "text",
  "input_text",
  "output_text",
  "refusal",
  "thinking",
  "redacted_thinking",
  "image",
  "image_url",
  "input_image",
  "input_audio",
  "audio",
  "file",
  "input_file",
  "document",
  "search_result",
]);

/** Whether a type of block holds what was said, not what was done. */
export function isSpoken(type: JsonValue | undefined): boolean {
  return typeof type === "string" && SPOKEN.has(type);
}

/** What a block is, for a reason: its type in quotes. */
export function quoteType(value: JsonValue | undefined): string {
  const type = isJsonObject(value) ? value.type : undefined;
  return typeof type === "string" ? `type "${type.slice(0, 80)}"` : "no known type";
}

/** The content of an answer: texts of blocks joined by newlines, anything but a list of blocks as it is. */
export function joinTexts(
  content: JsonValue | undefined,
  position: string,
  ledger: Ledger,
): JsonValue | undefined {
  if (!Array.isArray(content)) return content;
  const texts: string[] = [];
  content.forEach((block, i) => {
    if (typeof block === "string") texts.push(block);
    else if (isJsonObject(block) && typeof block.text === "string") texts.push(block.text);
    else ledger.skip(`${position}, block ${i + 1}`, `part of an answer without text, of ${quoteType(block)}`);
  });
  return texts.join("\n");
}
