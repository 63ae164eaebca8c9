import type { JsonObject } from "../../formats/json/mod.ts";
import { text } from "../../intent/fields.ts";
import { plainCall, type ToolCall } from "../call.ts";
import { knownFields, own } from "../fields.ts";
import { readArguments } from "./arguments.ts";

const PAYLOAD = knownFields("tool", "tool_input");

/** An agent action of LangChain (docs/spec/mcp.md 3.4). */
export function readLangChain(payload: JsonObject, at: string): ToolCall {
  PAYLOAD.refuseLookalikes(payload, at);
  return plainCall(text(payload, "tool", at), readArguments(own(payload, "tool_input"), "tool_input", at));
}
