import { isJsonObject, type JsonObject, type JsonValue, readJson } from "../../formats/json/mod.ts";
import { findCallMark } from "../call_marks.ts";
import { langchainMessage } from "../langchain_message.ts";
import { isNonEmpty } from "../payload.ts";
import { type Element, idIn, objectsIn } from "./reader.ts";

/**
 * The message, or the piece of one, in a step that LangGraph streams by message: `[message, {"langgraph_node": …}]`,
 * also behind its mode, `["messages", […]]`. `undefined` if the value is anything else.
 */
export function streamedMessageIn(value: JsonValue): JsonObject | undefined {
  const step = Array.isArray(value) && value.length === 2 && value[0] === "messages" ? value[1]! : value;
  if (!Array.isArray(step) || step.length !== 2) return undefined;
  const [message, about] = step;
  const isStep = isJsonObject(about) && Object.hasOwn(about, "langgraph_node");
  return isStep && isJsonObject(message) ? langchainMessage(message) : undefined;
}

/**
 * The elements with streamed messages put together, each where it began, as an update of its node has it: a stream of
 * both repeats it there. A piece alone has a part of the arguments, which may be taken for all of them.
 */
export function joinStreamed(elements: readonly Element[]): Element[] {
  const joined: Element[] = [];
  const pieces = new Map<string, { readonly at: number; readonly calls: Piece[] }>();
  for (const element of elements) {
    const message = streamedMessageIn(element.value);
    const id = idIn(message?.id);
    const chunks = message?.type === "ai" ? objectsIn(message.tool_call_chunks) : [];
    if (message === undefined) joined.push(element);
    else if (id === undefined || chunks.length === 0 && !isText(message)) {
      joined.push({ ...element, value: updateOf(message) });
    } else {
      const known = pieces.get(id) ?? { at: joined.length, calls: [] };
      if (!pieces.has(id)) joined.push({ ...element, value: null });
      pieces.set(id, known);
      for (const chunk of chunks) add(chunk, known.calls);
    }
  }
  for (const [id, { at, calls }] of pieces) {
    const message = { type: "ai", id, content: "", tool_calls: calls.map(callOf) };
    joined[at] = { ...joined[at]!, value: updateOf(message) };
  }
  return joined;
}

/** Whether a message, or a piece of one, only says something. */
const isText = ({ type, tool_calls: calls, content, additional_kwargs: more }: JsonObject) =>
  type === "ai" && !isNonEmpty(calls) && findCallMark([content ?? null, more ?? null]) === undefined;

const updateOf = (message: JsonObject): JsonObject => ({ node: { messages: [message] } });

/** A call as far as its pieces have told of it. */
interface Piece {
  readonly index: JsonValue;
  id: JsonValue;
  name: string;
  args: string;
}

/** Pieces of a call share an index; the first has its id and its name. */
function add({ index: at, id, name, args }: JsonObject, calls: Piece[]): void {
  const index = at ?? null;
  let call = index === null ? calls.at(-1) : calls.findLast((one) => one.index === index);
  const isOther = call === undefined || (id ?? null) !== null && call.id !== null && call.id !== id;
  if (isOther) {
    call = { index, id: null, name: "", args: "" };
    calls.push(call);
  }
  call!.id ??= id ?? null;
  call!.name += typeof name === "string" ? name : "";
  call!.args += typeof args === "string" ? args : "";
}

const callOf = ({ id, name, args }: Piece): JsonObject => ({
  name,
  args: objectOf(args) ?? args,
  id,
  type: "tool_call",
});

function objectOf(text: string): JsonObject | undefined {
  try {
    const value = readJson(text, { what: "arguments", numbers: "text", duplicates: "refuse" });
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
