import { isJsonObject, type JsonObject, type JsonValue, readJson } from "../formats/json/mod.ts";
import { historyIn } from "./formats/exchanges.ts";

/**
 * The exchange in the bodies that Logfire keeps of the clients of OpenAI and Anthropic in the first version of its
 * attributes; of a streamed answer, the record that follows the span has it.
 */
export function logfireBodies(
  attributes: JsonObject,
): { readonly asked: readonly JsonValue[]; readonly message: JsonObject | undefined } | undefined {
  const [request, response] = [attributes.request_data, attributes.response_data].map(objectIn);
  const asked = request !== undefined && Array.isArray(request.messages) ? historyIn(request) : undefined;
  const message = isJsonObject(response?.message) ? response.message : undefined;
  if (asked === undefined && message === undefined) return undefined;
  const isClaude = attributes["gen_ai.system"] === "anthropic";
  return {
    asked: asked ?? [],
    message: isClaude && message !== undefined ? withoutInput(message) : message,
  };
}

/**
 * The events that Logfire and Pydantic AI keep in one attribute, each with its name among its members. What the model
 * answered stands last, where no event says that it is the choice.
 */
export function listedEvents({ events }: JsonObject): { name: JsonValue | undefined; values: JsonObject }[] {
  const document = documentIn(events);
  const list = (Array.isArray(document) ? document : []).filter(isJsonObject);
  const isSaid = (event: JsonObject) => event["event.name"] === "gen_ai.assistant.message";
  const asked = list.some((event) => event["event.name"] === "gen_ai.choice")
    ? list.length
    : list.findLastIndex((event) => !isSaid(event)) + 1;
  return list.map((values, i) => ({ name: i < asked ? values["event.name"] : "gen_ai.choice", values }));
}

/** Logfire puts the arguments of a call of Claude into a member `input`. */
function withoutInput(message: JsonObject): JsonObject {
  if (!Array.isArray(message.tool_calls)) return message;
  const calls = message.tool_calls.map((call) => {
    if (!isJsonObject(call) || !isJsonObject(call.function)) return call;
    const args = objectIn(call.function.arguments);
    return args === undefined || Object.keys(args).length !== 1 || args.input === undefined
      ? call
      : { ...call, function: { ...call.function, arguments: args.input } };
  });
  return { ...message, tool_calls: calls };
}

function objectIn(value: JsonValue | undefined): JsonObject | undefined {
  const document = documentIn(value);
  return isJsonObject(document) ? document : undefined;
}

/** The document in an attribute, which may be a text; `undefined` if the text is none. */
export function documentIn(value: JsonValue | undefined): JsonValue | undefined {
  if (typeof value !== "string") return value;
  if (!/^\s{0,8}[[{]/.test(value)) return undefined;
  try {
    return readJson(value, { what: "attribute", numbers: "text", duplicates: "refuse" });
  } catch {
    return undefined;
  }
}
