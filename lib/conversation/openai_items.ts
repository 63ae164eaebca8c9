import { asText, isJsonObject, type JsonObject, type JsonValue } from "../formats/json/mod.ts";
import type { Ledger } from "./ledger.ts";
import { joinTexts, type Message } from "./messages.ts";
import { failureOf } from "./openai_failure.ts";
import { isNonEmpty } from "./payload.ts";
import { wordOf } from "./formats/reader.ts";

/** How the arguments of one type of call are read from its item. */
interface CallItem {
  /** The tool, where the item has no `name`. */
  readonly tool?: string;
  readonly args: (item: JsonObject) => JsonValue | undefined;
  /** The result of what the provider ran itself; absent where another item has it. */
  readonly result?: (item: JsonObject) => JsonValue | undefined;
}

/** Only the given members, so that a call has its arguments and not its result. */
export const only = (item: JsonObject, ...names: string[]): JsonObject =>
  Object.fromEntries(names.flatMap((name) => (item[name] ?? null) === null ? [] : [[name, item[name]!]]));

const givenIn = (item: JsonObject, name: string): JsonObject | undefined =>
  (item[name] ?? null) === null ? undefined : only(item, name);

/** The items of the Responses API that are calls: of functions, of built-in tools, and what the provider runs itself. */
const CALLS: ReadonlyMap<string, CallItem> = new Map<string, CallItem>([
  ["function_call", { args: (item) => item.arguments }],
  ["custom_tool_call", { args: (item) => item.input }],
  ["mcp_call", {
    args: (item) => item.arguments,
    result: (item) => isNonEmpty(item.error) ? item.error : item.output,
  }],
  ["local_shell_call", { tool: "local_shell", args: (item) => item.action }],
  ["shell_call", { tool: "shell", args: (item) => item.action }],
  ["apply_patch_call", { tool: "apply_patch", args: (item) => item.operation }],
  ["tool_search_call", { tool: "tool_search", args: (item) => item.arguments }],
  ["computer_call", {
    tool: "computer",
    args: (item) => item.action ?? only(item, "actions"),
  }],
  ["web_search_call", { tool: "web_search", args: (item) => item.action ?? {}, result: () => undefined }],
  ["file_search_call", {
    tool: "file_search",
    args: (item) => only(item, "queries"),
    result: (item) => givenIn(item, "results"),
  }],
  ["code_interpreter_call", {
    tool: "code_interpreter",
    args: (item) => only(item, "code", "container_id"),
    result: (item) => givenIn(item, "outputs"),
  }],
  ["image_generation_call", {
    tool: "image_generation",
    args: (item) => only(item, "action", "revised_prompt", "prompt"),
    result: (item) => givenIn(item, "result"),
  }],
]);

/** Whether an item is a call, the output of one, or something else; `function_call_result` is that of the Agents SDK. */
export function itemKind({ type }: JsonObject): "call" | "output" | undefined {
  if (typeof type !== "string") return undefined;
  if (CALLS.has(type)) return "call";
  if (type === "function_call_result" || type === "tool_search_output") return "output";
  return type.endsWith("_call_output") && CALLS.has(type.slice(0, -"_output".length)) ? "output" : undefined;
}

/**
 * Read an item that is a call, and what the provider made of it.
 *
 * @returns the call; `undefined` if there is none
 */
export function readCallItem({ value, position, time }: Message, ledger: Ledger): number | undefined {
  const { type, status, error } = value;
  const { tool, args, result } = CALLS.get(asText(type))!;
  ledger.use(time);
  if (status === "incomplete" && result === undefined) {
    ledger.skip(
      position,
      `${type} "${wordOf(value.name ?? tool)}" was not completed by the model`,
    );
    return undefined;
  }
  const id = value.call_id ?? value.callId ?? value.id;
  const origins = value.arg_provenance;
  const call = ledger.call({ position, id, tool: tool ?? value.name, args: args(value), origins, time });
  if (call === undefined || result === undefined) return call;
  const failed = isNonEmpty(error) || hasFailed(value);
  const content = result(value);
  // Where the provider keeps its result for itself, its status is all that is known.
  if (content !== undefined && content !== null) ledger.answerTo(call, { content, failed, time });
  else if (status === "completed" || failed) {
    ledger.answerTo(call, { content: { status: status ?? "failed" }, failed, time });
  }
  return call;
}

/**
 * Read an item that is the output of a call.
 *
 * @param searched the last search for tools: the provider names none in the output of one that it ran itself
 */
export function readOutputItem(
  { value, position, time }: Message,
  ledger: Ledger,
  searched: number | undefined,
): void {
  ledger.use(time);
  const { type, output: given, tools } = value;
  const output = type === "tool_search_output" ? given ?? { tools: tools ?? [] } : given;
  if (type === "tool_search_output" && (value.call_id ?? null) === null && searched !== undefined) {
    return ledger.answerTo(searched, { content: output, failed: hasFailed(value) || undefined, time });
  }
  // A shell gives what each of its commands said and how it ended, which are no texts to join.
  const isOutcomes = Array.isArray(output) &&
    output.some((one) => isJsonObject(one) && one.outcome !== undefined);
  const content = isOutcomes ? { output } : joinTexts(unwrapped(output), position, ledger);
  ledger.answer({
    position,
    id: value.call_id ?? value.callId ?? value.id,
    content,
    failed: hasFailed(value) || (isOutcomes ? output.some(isFailedCommand) : failureOf(value, content)),
    time,
  });
}

/** The Agents SDK for JavaScript wraps a text: `{"type": "text", "text": …}`. */
function unwrapped(output: JsonValue | undefined): JsonValue | undefined {
  return isJsonObject(output) && output.type === "text" && typeof output.text === "string"
    ? output.text
    : output;
}

/** Whether the item says so itself. */
function hasFailed({ status }: JsonObject): boolean {
  return status === "failed" || status === "incomplete";
}

function isFailedCommand(value: JsonValue): boolean {
  const outcome = isJsonObject(value) ? value.outcome : undefined;
  if (!isJsonObject(outcome)) return false;
  return outcome.type === "timeout" || outcome.type === "exit" && outcome.exit_code !== 0;
}
