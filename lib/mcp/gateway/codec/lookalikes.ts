import { isJsonObject, type JsonObject, type JsonValue } from "../../../formats/json/mod.ts";
import { type KnownFields, knownFields } from "../../fields.ts";

/*
 * The keys of the protocol that a reader without regard to case could take for one another: `Params` for `params`,
 * `Name` for `name` (the class of CVE-2026-27896). Only objects of the protocol are looked at, never arguments.
 */

const MESSAGE = knownFields("jsonrpc", "id", "method", "params", "result", "error");
const ERROR = knownFields("code", "message", "data");
const META = knownFields(
  "progressToken",
  "io.modelcontextprotocol/protocolVersion",
  "io.modelcontextprotocol/clientInfo",
  "io.modelcontextprotocol/clientCapabilities",
  "io.modelcontextprotocol/logLevel",
  "io.modelcontextprotocol/subscriptionId",
  "io.modelcontextprotocol/related-task",
);
const PARAMS = knownFields(
  "_meta",
  "name",
  "arguments",
  "task",
  "uri",
  "cursor",
  "taskId",
  "requestId",
  "progressToken",
  "progress",
  "inputResponses",
  "requestState",
  "protocolVersion",
  "capabilities",
  "clientInfo",
  "messages",
  "systemPrompt",
  "maxTokens",
  "tools",
  "toolChoice",
  "requestedSchema",
  "mode",
  "message",
  "url",
  "ref",
  "argument",
  "level",
  "notifications",
);
const TASK = knownFields("ttl");
const RESULT = knownFields(
  "_meta",
  "content",
  "contents",
  "structuredContent",
  "isError",
  "resultType",
  "inputRequests",
  "requestState",
  "tools",
  "resources",
  "prompts",
  "nextCursor",
  "messages",
  "protocolVersion",
  "capabilities",
  "instructions",
  "task",
);
const TOOL = knownFields(
  "name",
  "title",
  "description",
  "inputSchema",
  "outputSchema",
  "annotations",
  "_meta",
);
const PROMPT = knownFields("name", "title", "description", "arguments", "_meta");
const INPUT_REQUEST = knownFields("method", "params");

/**
 * Refuse a message with such a key.
 *
 * @throws {GaitError} `invalid_input`
 */
export function refuseProtocolLookalikes(document: JsonObject): void {
  MESSAGE.refuseLookalikes(document, "message: ");
  refuse(ERROR, document["error"], "error.");
  if (isJsonObject(document["params"])) {
    const params = document["params"];
    PARAMS.refuseLookalikes(params, "params.");
    refuse(META, params["_meta"], "params._meta.");
    refuse(TASK, params["task"], "params.task.");
  }
  if (isJsonObject(document["result"])) {
    const result = document["result"];
    RESULT.refuseLookalikes(result, "result.");
    refuse(META, result["_meta"], "result._meta.");
    for (const tool of itemsOf(result["tools"])) refuse(TOOL, tool, "result.tools[].");
    for (const prompt of itemsOf(result["prompts"])) refuse(PROMPT, prompt, "result.prompts[].");
    if (isJsonObject(result["inputRequests"])) {
      for (const request of Object.values(result["inputRequests"])) {
        refuse(INPUT_REQUEST, request, "result.inputRequests[].");
        if (isJsonObject(request)) refuse(PARAMS, request["params"], "result.inputRequests[].params.");
      }
    }
  }
}

function refuse(fields: KnownFields, value: JsonValue | undefined, at: string): void {
  if (isJsonObject(value)) fields.refuseLookalikes(value, at);
}

function itemsOf(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? value : [];
}
