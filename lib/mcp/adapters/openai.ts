import type { JsonObject } from "../../formats/json/mod.ts";
import { optionalObject, text } from "../../intent/fields.ts";
import { plainCall, type ToolCall } from "../call.ts";
import { knownFields, own } from "../fields.ts";
import { readArguments } from "./arguments.ts";

const PAYLOAD = knownFields("function");
const FUNCTION = knownFields("name", "arguments");

/** A tool call of the OpenAI chat format (docs/spec/mcp.md 3.2). */
export function readOpenAi(payload: JsonObject, at: string): ToolCall {
  PAYLOAD.refuseLookalikes(payload, at);
  const called = optionalObject(payload, "function", at) ?? {};
  const inside = at + "function.";
  FUNCTION.refuseLookalikes(called, inside);
  return plainCall(
    text(called, "name", inside),
    readArguments(own(called, "arguments"), "arguments", inside),
  );
}
