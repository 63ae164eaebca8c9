import { isJsonObject, type JsonObject, type JsonValue, readJson } from "../formats/json/mod.ts";

const TYPES: Readonly<Record<string, string>> = {
  ai: "ai",
  AIMessage: "ai",
  AIMessageChunk: "ai",
  human: "human",
  HumanMessage: "human",
  system: "system",
  SystemMessage: "system",
  tool: "tool",
  ToolMessage: "tool",
};

/** The message in one of the serialised forms of LangChain, with its type in the short form. */
export function langchainMessage(value: JsonObject): JsonObject | undefined {
  const { type, data, kwargs, id } = value;
  const name = type === "constructor" && Array.isArray(id) ? id.at(-1) : type;
  const known = typeof name === "string" && Object.hasOwn(TYPES, name) ? TYPES[name]! : undefined;
  if (known === undefined) return undefined;
  const inside = type === "constructor" ? kwargs : data ?? value;
  return isJsonObject(inside) ? { ...inside, type: known } : undefined;
}

/**
 * The messages in a step that LangGraph streams: the changes of each node, `{"agent": {"messages": […]}}`, also behind
 * their mode, `["updates", {…}]`. `undefined` if the value is anything else.
 */
export function updatesIn(value: JsonValue): JsonObject[] | undefined {
  const step = Array.isArray(value) && value.length === 2 && value[0] === "updates" ? value[1] : value;
  if (!isJsonObject(step) || langchainMessage(step) !== undefined) return undefined;
  const changes = Object.values(step);
  if (changes.length === 0 || !changes.every((change) => change === null || isJsonObject(change))) {
    return undefined;
  }
  const messages = changes.filter(isJsonObject).flatMap(({ messages }) => [messages ?? null].flat());
  const known = messages.filter(isJsonObject);
  return known.length > 0 && known.every((one) => langchainMessage(one) !== undefined) ? known : undefined;
}

/** What a ToolMessage says about the call that it answers. */
export interface ToolMessageParts {
  readonly id: JsonValue | undefined;
  readonly content: JsonValue | undefined;
  readonly failed: boolean | undefined;
}

/**
 * The parts of the ToolMessage that tracers of LangChain keep as the output of a tool, also as text or in a member
 * `output`; `undefined` if the value is anything else.
 */
export function toolMessageIn(value: JsonValue | undefined): ToolMessageParts | undefined {
  const given = objectIn(value);
  if (given === undefined) return undefined;
  const inside = isJsonObject(given.output) ? given.output : given;
  const message = langchainMessage(inside);
  if (message?.type !== "tool" || typeof message.tool_call_id !== "string") return undefined;
  const { content, status } = message;
  const failed = status === "error" ? true : status === "success" ? false : undefined;
  return { id: message.tool_call_id, content: textIn(content), failed };
}

/** The arguments in what Traceloop keeps as the input of a LangChain tool, beside its tags and metadata. */
export function langchainInputs(value: JsonValue | undefined): JsonValue | undefined {
  const given = objectIn(value);
  if (given === undefined || typeof given.input_str !== "string" || !isJsonObject(given.metadata)) {
    return value;
  }
  return isJsonObject(given.inputs) ? given.inputs : given.input_str;
}

/** A result that is the text of a list of text blocks, as Strands writes it, as their text; anything else as it stands. */
export function blockTextIn(value: JsonValue | undefined): JsonValue | undefined {
  if (typeof value !== "string" || !/^[ \t\r\n]{0,8}\[/.test(value)) return value;
  const blocks = documentIn(value);
  const isText = (block: JsonValue) => isJsonObject(block) && typeof block.text === "string";
  return Array.isArray(blocks) && blocks.length > 0 && blocks.every(isText) ? textIn(blocks) : value;
}

/** The text of a content with only blocks of text. */
function textIn(content: JsonValue | undefined): JsonValue | undefined {
  if (!Array.isArray(content)) return content;
  const texts = content.map((block) => isJsonObject(block) ? block.text : block);
  return texts.every((text) => typeof text === "string") ? texts.join("\n") : { content };
}

function objectIn(value: JsonValue | undefined): JsonObject | undefined {
  if (isJsonObject(value)) return value;
  if (typeof value !== "string" || !/^[ \t\r\n]{0,8}\{/.test(value)) return undefined;
  const read = documentIn(value);
  return isJsonObject(read) ? read : undefined;
}

function documentIn(text: string): JsonValue | undefined {
  try {
    return readJson(text, { what: "payload", numbers: "text", duplicates: "refuse" });
  } catch {
    return undefined;
  }
}
