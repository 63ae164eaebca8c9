import { canonicalize, isJsonObject, type JsonObject, type JsonValue } from "../../formats/json/mod.ts";
import type { Rfc3339 } from "../../formats/time.ts";
import type { Ledger, SeenAnswer } from "../ledger.ts";
import { joinTexts } from "../messages.ts";

/** A message of a tool that answers a call. */
export interface Answering {
  readonly message: JsonObject;
  readonly position: string;
  readonly time: Rfc3339 | undefined;
}

/** Whether a message holds what only a tool that ran writes. */
export function isOutput({ content }: JsonObject): boolean {
  const type = isJsonObject(content) ? content.content_type : undefined;
  return typeof type === "string" && /^(?:execution_output$|system_error$|tether_)/.test(type);
}

/** What a call was made with: the text of its message. */
export function argumentsOf({ content }: JsonObject): JsonValue | undefined {
  if (!isJsonObject(content)) return content;
  if (typeof content.text === "string") return content.text;
  const { parts } = content;
  return Array.isArray(parts) && parts.every((part) => typeof part === "string") ? parts.join("\n") : content;
}

/** The answer that all messages to one call give together. */
export function answerOf(
  answers: readonly Answering[],
  ledger: Ledger,
): Omit<SeenAnswer, "id" | "tool" | "position"> {
  const contents = answers.map(({ message, position }) => contentOf(message.content, position, ledger));
  const failures = answers.map(({ message }) => failedIn(message)).filter((failed) => failed !== undefined);
  return {
    content: contents.length === 1
      ? contents[0]
      : contents.map((one) => typeof one === "string" ? one : canonicalize(one ?? null)).join("\n"),
    failed: failures.length === 0 ? undefined : failures.includes(true),
    time: answers.at(-1)!.time,
  };
}

function contentOf(
  content: JsonValue | undefined,
  position: string,
  ledger: Ledger,
): JsonValue | undefined {
  if (!isJsonObject(content)) return content;
  const { content_type: type, parts, text, result } = content;
  if (type === "text" || type === "multimodal_text") return joinTexts(parts, position, ledger);
  if (type === "tether_browsing_display" && typeof result === "string") return result;
  const isText = type === "execution_output" || type === "code" || type === "system_error";
  return isText && typeof text === "string" ? text : content;
}

/** Whether a call failed: by the kind of its answer, what the sandbox or the server of an action says. */
function failedIn({ content, metadata }: JsonObject): boolean | undefined {
  if (isJsonObject(content) && content.content_type === "system_error") return true;
  const { aggregate_result: run, invoked_plugin: plugin } = isJsonObject(metadata) ? metadata : {};
  const status = isJsonObject(run) ? run.status : undefined;
  if (typeof status === "string") {
    if (status === "success") return false;
    if (/^(?:failed|cancelled|error|timeout)/.test(status)) return true;
  }
  const http = isJsonObject(plugin) ? plugin.http_response_status : undefined;
  return typeof http === "number" ? http >= 400 : undefined;
}
