import type { JsonObject } from "../../formats/json/mod.ts";
import { text } from "../../intent/fields.ts";
import { plainCall, type ToolCall } from "../call.ts";
import { knownFields, own } from "../fields.ts";
import { objectArguments } from "./arguments.ts";

const PAYLOAD = knownFields("type", "name", "input");

/** A `tool_use` block of the Anthropic messages format (docs/spec/mcp.md 3.3). */
export function readAnthropic(payload: JsonObject, at: string): ToolCall {
  PAYLOAD.refuseLookalikes(payload, at);
  text(payload, "type", at);
  return plainCall(text(payload, "name", at), objectArguments(own(payload, "input"), "input", at));
}
