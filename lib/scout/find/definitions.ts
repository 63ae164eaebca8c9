import { type Found, isToolName, TAG } from "./found.ts";
import { type Member, memberOf, textOf, type Value } from "./values.ts";

/**
 * The tool that an object defines for the API of OpenAI or Anthropic, or for MCP. Only its own members and those of
 * `function` and `parameters` are examined.
 */
export function definitionIn(object: Value): Found | undefined {
  const members = new Map(object.members().map((member: Member) => [member.key, member.value]));
  const name = members.get("name");
  const type = members.get("type");
  const nested = members.get("function");
  if (type?.kind === "text" && type.text === "function" && nested?.kind === "object") {
    // An object with `arguments` is a tool call in a conversation, not a definition.
    const isDefinition = !memberOf(nested, "arguments") && DEFINING.some((key) => memberOf(nested, key));
    return isDefinition ? found(memberOf(nested, "name"), TAG.openai) : undefined;
  }
  if (name?.kind !== "text" || members.has("arguments")) return undefined;
  if (members.has("input_schema")) return found(name, TAG.anthropic);
  if (members.has("inputSchema")) return found(name, TAG.mcp);
  // The types of Anthropic's built-in tools end with a version date.
  if (type?.kind === "text" && /^[a-z_]{1,40}_20[0-9]{6}$/.test(type.text)) return found(name, TAG.anthropic);
  const parameters = members.get("parameters");
  if (parameters === undefined) return undefined;
  if (type?.kind === "text" && type.text === "function") return found(name, TAG.openai);
  // The API's original function format: the parameters are a JSON Schema of an object.
  const isSchema = textOf(parameters, "type") === "object" &&
    memberOf(parameters, "properties") !== undefined;
  return isSchema ? found(name, TAG.openai) : undefined;
}

const DEFINING = ["parameters", "description", "strict"];

function found(name: Value | undefined, tag: string): Found | undefined {
  if (name?.kind !== "text" || !isToolName(name.text)) return undefined;
  return { kind: "tool", name: name.text, tag, line: name.line };
}
