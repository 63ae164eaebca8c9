import { isJsonObject, type JsonValue } from "../formats/json/mod.ts";
import { append } from "../formats/lists.ts";
import { scalarText, type YamlNode } from "../formats/yaml/mod.ts";

/** Members of an MCP configuration that list tools: all of a server, or those that are let pass unasked. */
const LISTS = ["tools", "allowedTools", "enabledTools", "autoApprove", "alwaysAllow"];

/** A name that a tool can have; `*` and other patterns name none. */
const NAME = /^[A-Za-z0-9_][A-Za-z0-9._:/-]{0,127}$/;

/** The tools that an MCP configuration lists, as texts or as objects with a `name`, wherever the lists stand. */
export function findMcpTools(document: JsonValue): string[] {
  const names: string[] = [];
  const waiting: JsonValue[] = [document];
  for (let value = waiting.pop(); value !== undefined; value = waiting.pop()) {
    if (Array.isArray(value)) append(waiting, value);
    else if (isJsonObject(value)) {
      for (const list of LISTS) append(names, namesIn(value[list]));
      append(waiting, Object.values(value));
    }
  }
  return names;
}

function namesIn(list: JsonValue | undefined): string[] {
  return (Array.isArray(list) ? list : [])
    .map((item) => isJsonObject(item) ? item.name : item)
    .filter((name) => typeof name === "string" && NAME.test(name)) as string[];
}

/** A YAML document as far as a tool list can stand in it: every scalar is a text. */
export function plainValue(node: YamlNode | undefined): JsonValue {
  switch (node?.kind) {
    case "mapping":
      return Object.fromEntries(node.entries.map(({ key, value }) => [key.text, plainValue(value)]));
    case "sequence":
      return node.items.map(plainValue);
    case "scalar":
      return scalarText(node);
    default:
      return null;
  }
}
