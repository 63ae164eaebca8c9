import { fromBase64 } from "../../formats/bytes.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../formats/json/mod.ts";
import { bedrockExchange, converseExchange } from "./bedrock_log.ts";
import { isAnswer } from "./answers.ts";
import { objectsIn } from "./reader.ts";

/** A request to the API of a model and its response, each as it stands in a log. */
export interface Exchange {
  readonly request: JsonValue;
  readonly response: JsonValue | undefined;
  /** Members that apply to the exchange, with its time. */
  readonly about?: JsonObject;
}

/**
 * The exchanges that a recorder keeps in one document: the entries of an HTTP archive (HAR, as browsers and mitmproxy
 * write it), the interactions of a cassette (VCR); `undefined` if the value is neither.
 */
export function recordingIn(value: JsonValue): JsonObject[] | undefined {
  if (!isJsonObject(value)) return undefined;
  const { log, interactions, http_interactions: http } = value;
  if (isJsonObject(log) && Array.isArray(log.entries)) return objectsIn(log.entries).map(archived);
  const recorded = [interactions, http].find(Array.isArray);
  return recorded === undefined || recorded.length === 0 || !recorded.every(isInteraction)
    ? undefined
    : objectsIn(recorded).map(played);
}

/** Marks a body that can't be read, with how it is packed. */
export const UNREAD_BODY = "gait_unread_body";

const isInteraction = (value: JsonValue) =>
  isJsonObject(value) && isJsonObject(value.request) && isJsonObject(value.response);

function archived({ request, response, startedDateTime }: JsonObject): JsonObject {
  const posted = isJsonObject(request) && isJsonObject(request.postData) ? request.postData.text : undefined;
  const content = isJsonObject(response) && isJsonObject(response.content) ? response.content : {};
  return {
    request: posted ?? null,
    response: (content.encoding === "base64" ? decoded(content.text) : content.text) ?? null,
    timestamp: startedDateTime ?? null,
  };
}

function decoded(text: JsonValue | undefined): JsonValue | undefined {
  if (typeof text !== "string") return text;
  const bytes = fromBase64(text.replaceAll(/\s/g, ""));
  return bytes === undefined ? text : new TextDecoder().decode(bytes);
}

function played({ request, response, recorded_at: time }: JsonObject): JsonObject {
  const bodyOf = (value: JsonValue | undefined) => {
    const body = isJsonObject(value) ? value.body : undefined;
    return (isJsonObject(body) ? body.string ?? body : body) ?? null;
  };
  return { request: bodyOf(request), response: bodyOf(response), timestamp: sinceHttp(time) ?? null };
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** A time in the form of HTTP, as VCR of Ruby writes it, in that of RFC 3339; any other as it stands. */
function sinceHttp(time: JsonValue | undefined): JsonValue | undefined {
  const parts = typeof time === "string"
    ? /^[A-Z][a-z]{2}, (\d\d) ([A-Z][a-z]{2}) (\d{4}) (\d\d:\d\d:\d\d) GMT$/.exec(time)
    : null;
  const month = parts === null ? 0 : 1 + MONTHS.indexOf(parts[2]!);
  return parts === null || month === 0
    ? time
    : `${parts[3]}-${String(month).padStart(2, "0")}-${parts[1]}T${parts[4]}Z`;
}

/** The exchange in a line of a log; `undefined` if its members are none that hold one. */
export function exchangeIn(value: JsonObject): Exchange | undefined {
  const logged = bedrockExchange(value);
  if (logged !== undefined) return logged;
  const { request_body: asked, response_body: answered, call_type: kind, messages, response } = value;
  // Helicone
  if (asked !== undefined && answered !== undefined) {
    return { request: asked, response: answered, about: { timestamp: value.request_created_at ?? null } };
  }
  // The standard logging payload of LiteLLM
  if (typeof kind === "string" && Array.isArray(messages) && response !== undefined && isAnswer(response)) {
    return { request: { messages }, response, about: { timestamp: value.startTime ?? null } };
  }
  const { request } = value;
  return request === undefined ? undefined : { request, response };
}

/** An exchange of which the bodies are read, with blocks of Bedrock's Converse in the form of Anthropic. */
export function exchangedBodies(
  asked: JsonValue | undefined,
  given: JsonValue | undefined,
): { readonly request: JsonValue | undefined; readonly response: JsonValue | undefined } {
  const isConverse = isJsonObject(given) && isJsonObject(given.output) && isJsonObject(given.output.message);
  return isConverse && isJsonObject(asked)
    ? converseExchange(asked, given)
    : { request: asked, response: given };
}
