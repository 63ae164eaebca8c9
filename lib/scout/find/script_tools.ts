import { definitionIn } from "./definitions.ts";
import { type Found, isToolName, TAG } from "./found.ts";
import { type Imports, scriptImports } from "./imports.ts";
import { KIND, type Tokens } from "./tokens.ts";
import { tokenizeScript } from "./tokenize_script.ts";
import { callAt, dottedName, memberOf, skipTypeArguments, textOf, type Value, valueIn } from "./values.ts";

/**
 * The tools that a JavaScript or TypeScript file declares, as in python_tools.ts: by functions and classes of the
 * imported frameworks, or as definitions for an API.
 */
export function findScriptTools(text: string): Found[] {
  if (!mayDeclare(text)) return [];
  const tokens = tokenizeScript(text);
  const imports = scriptImports(tokens);
  const found: Found[] = [];
  const add = (name: string | undefined, tag: string, line: number) => {
    if (name !== undefined && isToolName(name)) found.push({ kind: "tool", name, tag, line });
  };
  // Tools of the AI SDK are named by their key in `tools`; the variable name is used only if there is no key.
  const byVariable: Found[] = [];
  const inTools = new Set<string>();
  const mayDefine = DEFINING.test(text);
  for (let i = 0; i < tokens.length; i++) {
    if (tokens.is(i, "{")) {
      if (!mayDefine) continue;
      const definition = definitionIn(valueIn(tokens, i, tokens.partner(i) + 1));
      if (definition) found.push(definition);
      continue;
    }
    if (tokens.kind(i) !== KIND.name) continue;
    if (tokens.isName(i, "extends")) {
      const tool = classAt(tokens, i, imports);
      if (tool) add(tool.name, tool.tag, tool.line);
      continue;
    }
    if (tokens.is(i - 1, ".") && tokens.kind(i - 2) === KIND.name) continue;
    const { name, end } = dottedName(tokens, i, tokens.length);
    const open = skipTypeArguments(tokens, end, tokens.length);
    if (!tokens.is(open, "(")) continue;
    const call = callAt(tokens, name, open, tokens.lineOf(tokens.start(i)));
    const resolved = tokens.is(i - 1, ".") ? "" : imports.resolve(name) ?? "";
    const [module = "", member = ""] = splitName(resolved);
    if (module === "ai") {
      if (member === "tool" || member === "dynamicTool") {
        const known = nameBefore(tokens, i);
        if (known !== undefined && isToolName(known)) {
          byVariable.push({ kind: "tool", name: known, tag: TAG.vercelAi, line: call.line });
        }
      } else {
        for (const { key, value, line } of membersOfTools(call)) {
          add(key, TAG.vercelAi, line);
          if (value.kind === "name") inTools.add(value.text);
        }
      }
      continue;
    }
    const tool = toolOfCall(call, module, member, imports, () => nameBefore(tokens, i));
    if (tool) add(tool.name, tool.tag, call.line);
  }
  for (const tool of byVariable) if (!inTools.has(tool.name)) found.push(tool);
  return found;
}

/** A file without any of these words declares nothing, so most files need not be tokenized. */
function mayDeclare(text: string): boolean {
  return HINTS.test(text) || text.includes("parameters") && /["'`]function["'`]|properties/.test(text);
}

const HINTS =
  /["'`]ai["'`]|@mastra\/|@openai\/agents|langchain|modelcontextprotocol|fastmcp|mcp-handler|anthropic|openai\/helpers|input_?[sS]chema|_20[0-9]{6}/;

/** An object of a file without any of these defines no tool; a backslash may spell one of them differently. */
const DEFINING = /input_?[sS]chema|_20[0-9]{6}|parameters|["'`]function["'`]|\\/;

function splitName(resolved: string): readonly string[] {
  const hash = resolved.lastIndexOf("#");
  return hash < 0 ? [] : [resolved.slice(0, hash), resolved.slice(hash + 1)];
}

function membersOfTools(call: Value) {
  const options = call.items()[0];
  const tools = options?.kind === "object" ? memberOf(options, "tools") : undefined;
  return tools?.kind === "object" ? tools.members() : [];
}

function isLangchain(module: string): boolean {
  return module === "langchain" || module.startsWith("langchain/") || module.startsWith("@langchain/");
}

/**
 * MCP servers are plain objects that can be recognised only by their methods, so the file must import an MCP library.
 */
function speaksMcp({ modules }: Imports): boolean {
  for (const module of modules) {
    if (module.startsWith("@modelcontextprotocol/") || module === "fastmcp" || module === "mcp-handler") {
      return true;
    }
  }
  return false;
}

interface Declared {
  readonly name: string | undefined;
  readonly tag: string;
}

function toolOfCall(
  call: Value,
  module: string,
  member: string,
  imports: Imports,
  variable: () => string | undefined,
): Declared | undefined {
  const [first, second] = call.items();
  const named = (value: Value | undefined, key = "name") =>
    value?.kind === "object" ? textOf(value, key) : undefined;
  if (module.startsWith("@mastra/") && member === "createTool") {
    return { name: named(first, "id") ?? variable(), tag: TAG.mastra };
  }
  if (module.startsWith("@openai/agents") && member === "tool") {
    return { name: named(first) ?? variable(), tag: TAG.openaiAgents };
  }
  if (isLangchain(module)) {
    if (member === "tool") {
      const given = first?.kind === "name" ? first.text : undefined;
      return { name: named(second) ?? given ?? variable(), tag: TAG.langchain };
    }
    if (/^(?:Dynamic)?(?:Structured)?Tool$/.test(member)) return { name: named(first), tag: TAG.langchain };
  }
  if (module.startsWith("openai/helpers/") && /^zod(?:Responses)?Function$/.test(member)) {
    return { name: named(first), tag: TAG.openai };
  }
  if (module.startsWith("@anthropic-ai/")) {
    if (/^beta(?:Zod|Json)?Tool$/.test(member)) return { name: named(first), tag: TAG.anthropic };
    if (member === "tool" && first?.kind === "text") return { name: first.text, tag: TAG.anthropic };
  }
  const dot = call.text.lastIndexOf(".");
  const method = call.text.slice(dot + 1);
  if (module !== "") return undefined;
  if (method === "asTool" && [...imports.modules].some((name) => name.startsWith("@openai/agents"))) {
    return { name: named(first, "toolName"), tag: TAG.openaiAgents };
  }
  if (
    (method === "registerTool" || method === "tool" && dot > 0 || method === "addTool") && speaksMcp(imports)
  ) {
    return { name: first?.kind === "text" ? first.text : named(first), tag: TAG.mcp };
  }
  return undefined;
}

/** The name that a value gets: `name: value`, `const name = value`, `const name: Type = value`. */
function nameBefore(tokens: Tokens, start: number): string | undefined {
  let i = start - 1;
  while (tokens.isName(i, "await") || tokens.isName(i, "new") || tokens.is(i, "(")) i--;
  if (tokens.is(i, ":")) {
    if (tokens.kind(i - 1) === KIND.string) return valueIn(tokens, i - 1, i).text;
    return tokens.nameAt(i - 1) || undefined;
  }
  if (!tokens.is(i, "=")) return undefined;
  // The longest type annotation between name and value that is skipped.
  for (let at = i - 1; at > i - 12 && at >= 0; at--) {
    if (tokens.isName(at, "const") || tokens.isName(at, "let") || tokens.isName(at, "var")) {
      return tokens.nameAt(at + 1) || undefined;
    }
  }
  return tokens.nameAt(i - 1) || undefined;
}

/** A LangChain tool class; its name is the one in its body, otherwise the class name. */
function classAt(tokens: Tokens, at: number, { resolve }: Imports) {
  const base = dottedName(tokens, at + 1, tokens.length);
  const [module = "", member = ""] = splitName(resolve(base.name) ?? "");
  if (!isLangchain(module) || !/^(?:Dynamic)?(?:Structured)?Tool$/.test(member)) return undefined;
  let open = skipTypeArguments(tokens, base.end, tokens.length);
  const limit = open + MAX_HEAD_TOKENS;
  while (open < limit && !tokens.is(open, "{")) open++;
  if (!tokens.is(open, "{")) return undefined;
  const line = tokens.lineOf(tokens.start(at));
  const end = Math.min(tokens.partner(open), open + MAX_CLASS_TOKENS);
  for (let i = open + 1; i < end; i++) {
    if (tokens.isOpening(i)) i = tokens.partner(i);
    else if (tokens.isName(i, "name")) {
      let equals = i + 1;
      while (equals < Math.min(end, i + 6) && !tokens.is(equals, "=")) equals++;
      const value = tokens.is(equals, "=") ? valueIn(tokens, equals + 1, equals + 2) : undefined;
      if (value?.kind === "text") return { name: value.text, tag: TAG.langchain, line };
    }
  }
  const own = tokens.nameAt(at - 1);
  return own === "" ? undefined : { name: own, tag: TAG.langchain, line };
}

const MAX_HEAD_TOKENS = 64;
/** How many tokens of a class body are searched for its tool name. */
const MAX_CLASS_TOKENS = 2000;
