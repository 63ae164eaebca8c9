import { isJsonObject, type JsonValue } from "../formats/json/mod.ts";
import { append } from "../formats/lists.ts";
import { scalarText, type YamlNode } from "../formats/yaml/mod.ts";

/** The tools found in one Python file. */
export interface PythonTools {
  readonly frameworks: readonly string[];
  /** Empty if no framework was found. */
  readonly names: readonly string[];
}

/**
 * Find tools in a Python file by text patterns: nothing is executed or imported (docs/spec/gate.md 6.3). Tools
 * without a recognisable name are not reported.
 */
export function findPythonTools(text: string): PythonTools {
  const langchain = LANGCHAIN.test(text);
  const openai = OPENAI_AGENTS.test(text);
  if (!langchain && !openai) return { frameworks: [], names: [] };
  return {
    frameworks: [...(langchain ? ["langchain"] : []), ...(openai ? ["openai_agents"] : [])],
    names: [
      ...captures(text, DEFINITION),
      ...captures(text, DECORATOR_NAME),
      ...captures(text, TOOL_NAME),
      ...(openai ? captures(text, NAME_ARGUMENT) : []),
      ...listedTools(text),
    ],
  };
}

const DEFINITION = /^[ \t]*(?:async[ \t]+)?def[ \t]+([A-Za-z_][A-Za-z0-9_]*)[ \t]*\(/gm;
const LANGCHAIN = /^[ \t]*@tool[ \t]*(?:\(|$)|StructuredTool\.from_function|Tool\(/m;
const OPENAI_AGENTS = /^[ \t]*@function_tool|from agents import|openai\.agents|tools=\[/m;
/** Also matches the end of a longer word: `tool_name="x"`. */
const NAME_ARGUMENT = /name[ \t]*=[ \t]*(?:"([A-Za-z0-9._:-]+)"|'([A-Za-z0-9._:-]+)')/g;
/** `@tool("x")` overrides the name of a function. */
const DECORATOR_NAME = /^[ \t]*@tool[ \t]*\([ \t]*(?:"([A-Za-z0-9._:-]+)"|'([A-Za-z0-9._:-]+)')/gm;
/** `Tool(name="x")`, `StructuredTool.from_function(f, name="x")`. */
const TOOL_NAME =
  // deno-lint-ignore gait/linear-regex -- at most 400 units are looked at for each place
  /Tool(?:\.from_function)?\([^()]{0,400}?\bname[ \t]*=[ \t]*(?:"([A-Za-z0-9._:-]+)"|'([A-Za-z0-9._:-]+)')/g;
const TOOL_LIST = /\btools[ \t]*=[ \t]*\[([^\[\]]{0,8192})\]/g;
const ASSIGNED = /^[ \t]*([A-Za-z_][A-Za-z0-9_]*)[ \t]*(?::[^=\n]{0,200})?=(?!=)/gm;

/**
 * The tools of a list `tools=[a, b.c, "d"]`. Variables defined in this file are skipped, because the name of their
 * tool is elsewhere, and so are objects created inside of the list.
 */
function listedTools(text: string): string[] {
  const lists = captures(text, TOOL_LIST);
  if (lists.length === 0) return [];
  const variables = new Set(captures(text, ASSIGNED));
  return lists.flatMap((list) =>
    // deno-lint-ignore gait/linear-regex -- a list has at most 8192 units
    list.replace(/#.*$/gm, "").split(",").map((item) => item.trim()).flatMap((item) => {
      const quoted = /^(?:"([A-Za-z0-9._:-]+)"|'([A-Za-z0-9._:-]+)')$/.exec(item);
      if (quoted) return [quoted[1] ?? quoted[2]!];
      // deno-lint-ignore gait/linear-regex -- bound to the start, each dot in one group only
      const name = /^(?:[A-Za-z_][A-Za-z0-9_]*\.)*([A-Za-z_][A-Za-z0-9_]*)$/.exec(item)?.[1];
      return name === undefined || variables.has(item) ? [] : [name];
    })
  );
}

function captures(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map(([, first, second]) => first ?? second!);
}

/** Members of an MCP configuration that list tools: all tools of a server, or those allowed without confirmation. */
const LISTS = ["tools", "allowedTools", "enabledTools", "autoApprove", "alwaysAllow"];

/** A valid tool name; excludes `*` and other patterns. */
const NAME = /^[A-Za-z0-9_][A-Za-z0-9._:/-]{0,127}$/;

/** The tools listed anywhere in an MCP configuration, as texts or as objects with a `name`. */
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

/** Convert a YAML document to JSON with all scalars as texts, sufficient to find tool lists. */
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
