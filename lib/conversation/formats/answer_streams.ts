import {
  asText,
  canonicalize,
  isJsonObject,
  type JsonObject,
  type JsonValue,
} from "../../formats/json/mod.ts";
import { BROKEN_OFF } from "./broken_off.ts";
import { CohereStream, isCohereEvent } from "./cohere_stream.ts";
import { type Element, idIn, objectsIn } from "./reader.ts";

/**
 * Merge the events of streamed answers into whole answers: chunks of Chat Completions, events of the Responses API,
 * of Anthropic Messages and of Cohere. All other elements are kept unchanged. An answer that was recorded twice, one
 * stream behind the other, is two answers with the same id.
 */
export function mergeStreams(all: readonly Element[]): Element[] {
  const elements = withoutDoubles(all);
  const merged: Element[] = [];
  const chunks = new Map<string, ChatStream>();
  const ended: ChatStream[] = [];
  const claudes: ClaudeStream[] = [];
  const coheres: CohereStream[] = [];
  let claude: ClaudeStream | undefined;
  let items: ItemStream | undefined;
  const place = (element: Element) => {
    merged.push(element);
    return merged.length - 1;
  };
  for (const element of elements) {
    const { value } = element;
    const type = isJsonObject(value) && typeof value.type === "string" ? value.type : "";
    if (!isJsonObject(value)) place(element);
    else if (isChunk(value)) {
      const id = idIn(value.id) ?? "";
      let stream = chunks.get(id);
      if (stream !== undefined && stream.isEnded && begins(value)) {
        ended.push(stream);
        stream = undefined;
      }
      if (stream === undefined) chunks.set(id, stream = new ChatStream(place(element)));
      stream.add(value);
    } else if (type === "message_start" || CLAUDE_EVENTS.has(type)) {
      if (type === "message_start" || claude === undefined) {
        claude = new ClaudeStream(place(element));
        claudes.push(claude);
      }
      claude.add(type, value);
    } else if (/^response\.[a-z_.]{1,60}$/.test(type)) {
      if (type === "response.created" || items === undefined) items = new ItemStream(place(element), merged);
      items.add(type, value);
    } else if (isCohereEvent(value)) {
      if (type === "message-start" || coheres.length === 0) coheres.push(new CohereStream(place(element)));
      coheres.at(-1)!.add(value);
    } else if (type === "ping" || type === "keepalive") continue;
    else place(element);
  }
  for (const stream of [...ended, ...chunks.values(), ...claudes, ...coheres]) {
    merged[stream.at] = { ...merged[stream.at]!, value: stream.whole() };
  }
  return merged;
}

/**
 * The events of a stream of which each was written down twice, one behind the other, as two handlers of one logger do:
 * once. Their pieces would not make a call otherwise. No stream of its own begins and ends twice like that.
 */
export function withoutDoubles(elements: readonly Element[]): readonly Element[] {
  const isDouble = elements.length >= 4 && elements.length % 2 === 0 &&
    elements.some(({ value }) => isJsonObject(value) && isStreamed(value)) &&
    elements.every(({ value }, i) =>
      i % 2 === 1 || canonicalize(value) === canonicalize(elements[i + 1]!.value)
    );
  return isDouble ? elements.filter((_, i) => i % 2 === 0) : elements;
}

/** Whether a value is an event of a streamed answer. */
export function isStreamed(value: JsonObject): boolean {
  const type = typeof value.type === "string" ? value.type : "";
  return isChunk(value) || type === "content_block_start" ||
    type === "message_start" && isJsonObject(value.message) ||
    type === "response.output_item.done" || type === "response.completed" ||
    type.startsWith("tool-call-") && isCohereEvent(value);
}

function isChunk({ object, choices }: JsonObject): boolean {
  return object === "chat.completion.chunk" || objectsIn(choices).some(({ delta }) => isJsonObject(delta));
}

/** Whether a chunk has something to say; the last one of a stream may only count tokens. */
const begins = ({ choices }: JsonObject) =>
  objectsIn(choices).some(({ delta }) => isJsonObject(delta) && Object.keys(delta).length > 0);

/** A call that arrives in parts. */
interface Parts {
  id: JsonValue;
  name: string[];
  readonly args: string[];
  whole: JsonValue | undefined;
}

class ChatStream {
  readonly at: number;
  readonly #choices = new Map<string, { calls: Map<string, Parts>; finish: JsonValue }>();
  #about: JsonObject = {};

  constructor(at: number) {
    this.at = at;
  }

  /** Whether all choices that began have come to their end. */
  get isEnded(): boolean {
    return this.#choices.size > 0 && this.#choices.values().every(({ finish }) => finish !== null);
  }

  add(chunk: JsonObject): void {
    const { choices, ...about } = chunk;
    this.#about = { ...about, ...this.#about };
    for (const choice of objectsIn(choices)) {
      const index = asText(choice.index ?? 0);
      const open = this.#choices.get(index) ?? { calls: new Map<string, Parts>(), finish: null };
      this.#choices.set(index, open);
      open.finish = choice.finish_reason ?? open.finish;
      const delta = isJsonObject(choice.delta) ? choice.delta : {};
      const { tool_calls: calls, function_call: legacy } = delta;
      objectsIn(calls).forEach((call, i) => addParts(open.calls, asText(call.index ?? call.id ?? i), call));
      if (isJsonObject(legacy)) addParts(open.calls, "function_call", { function: legacy });
    }
  }

  whole(): JsonObject {
    const choices = [...this.#choices.values()].map(({ calls, finish }) => ({
      finish_reason: finish,
      message: {
        role: "assistant",
        tool_calls: [...calls.values()].map(({ id, name, args, whole }) => ({
          id,
          type: "function",
          function: { name: name.join(""), arguments: whole ?? args.join("") },
          ...(finish === null ? { [BROKEN_OFF]: true } : {}),
        })),
      },
    }));
    return { ...this.#about, object: "chat.completion", choices };
  }
}

function addParts(calls: Map<string, Parts>, key: string, call: JsonObject): void {
  const parts = calls.get(key) ?? { id: null, name: [], args: [], whole: undefined };
  calls.set(key, parts);
  parts.id = call.id ?? parts.id;
  const named = isJsonObject(call.function) ? call.function : {};
  // The name should be sent once, but some servers repeat it in every chunk.
  if (typeof named.name === "string" && !(parts.name.length === 1 && parts.name[0] === named.name)) {
    parts.name.push(named.name);
  }
  if (typeof named.arguments === "string") parts.args.push(named.arguments);
  else if (isJsonObject(named.arguments)) parts.whole = named.arguments;
}

const CLAUDE_EVENTS = new Set([
  "content_block_start",
  "content_block_delta",
  "content_block_stop",
  "message_delta",
  "message_stop",
]);

class ClaudeStream {
  readonly at: number;
  readonly #blocks = new Map<string, { block: JsonObject; input: string[]; ended: boolean }>();
  #message: JsonObject = {};

  constructor(at: number) {
    this.at = at;
  }

  add(type: string, event: JsonObject): void {
    const index = asText(event.index ?? "");
    const { content_block: block, delta, message } = event;
    if (type === "message_start" && isJsonObject(message)) this.#message = message;
    else if (type === "content_block_start" && isJsonObject(block)) {
      this.#blocks.set(index, { block, input: [], ended: false });
    } else if (type === "content_block_delta" && isJsonObject(delta)) {
      if (typeof delta.partial_json === "string") this.#blocks.get(index)?.input.push(delta.partial_json);
    } else if (type === "content_block_stop") {
      const open = this.#blocks.get(index);
      if (open) open.ended = true;
    }
  }

  whole(): JsonObject {
    const content = [...this.#blocks.values()].map(({ block, input, ended }) => ({
      ...block,
      ...(input.length > 0 ? { input: input.join("") } : {}),
      ...(ended ? {} : { [BROKEN_OFF]: true }),
    }));
    return { model: "", stop_reason: null, ...this.#message, type: "message", role: "assistant", content };
  }
}

class ItemStream {
  readonly #at: number;
  readonly #merged: Element[];
  readonly #items: JsonValue[] = [];
  #about: JsonObject = {};

  constructor(at: number, merged: Element[]) {
    this.#at = at;
    this.#merged = merged;
  }

  add(type: string, event: JsonObject): void {
    const { item, response } = event;
    if (type === "response.output_item.done" && item !== undefined) this.#items.push(item);
    if (isJsonObject(response)) this.#about = response;
    const whole = this.#about.output;
    const output = Array.isArray(whole) && whole.length > 0 ? whole : this.#items;
    const { position } = this.#merged[this.#at]!;
    this.#merged[this.#at] = { position, value: { ...this.#about, object: "response", output } };
  }
}
