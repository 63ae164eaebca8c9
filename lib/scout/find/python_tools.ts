import { definitionIn } from "./definitions.ts";
import { type Found, isToolName, TAG } from "./found.ts";
import { type Imports, pythonImports } from "./imports.ts";
import { KIND, type Tokens } from "./tokens.ts";
import { tokenizePython } from "./tokenize_python.ts";
import { callAt, dottedName, memberOf, textOf, type Value, valueIn } from "./values.ts";

/**
 * The tools that a Python file declares: by decorator, by constructor, as a class, in a list of an agent, or as a
 * definition for an API. Names are resolved through the imports of the file, so a function called `tool` of another
 * library does not count, nor does anything in a comment or a string.
 */
export function findPythonTools(text: string): Found[] {
  if (!HINTS.test(text)) return [];
  const tokens = tokenizePython(text);
  const imports = pythonImports(tokens);
  const frameworks = frameworksOf(imports);
  const found: Found[] = [];
  const add = (name: string | undefined, tag: string, line: number) => {
    if (name !== undefined && isToolName(name)) found.push({ kind: "tool", name, tag, line });
  };
  const functions = new Set<string>();
  const variables = new Set<string>();
  const lists: { readonly tools: Value; readonly tag: string }[] = [];
  for (let i = 0; i < tokens.length; i++) {
    const begins = i === 0 || tokens.kind(i - 1) === KIND.newline;
    if (begins && tokens.is(i, "@")) {
      const decorated = decoratedAt(tokens, i);
      for (const decorator of decorated.decorators) {
        const tag = tagOfDecorator(decorator.text, imports, frameworks);
        if (tag !== undefined) add(nameGiven(decorator) ?? decorated.name, tag, decorated.line);
      }
    } else if (begins && tokens.isName(i, "class")) {
      const tool = classAt(tokens, i, imports);
      if (tool) add(tool.name, tool.tag, tool.line);
    } else if (tokens.isName(i, "def")) functions.add(tokens.nameAt(i + 1));
    else if (begins && tokens.kind(i) === KIND.name && (tokens.is(i + 1, "=") || tokens.is(i + 1, ":"))) {
      variables.add(tokens.textOf(i));
    }
    if (tokens.is(i, "{")) {
      const definition = definitionIn(valueIn(tokens, i, tokens.partner(i) + 1));
      if (definition) found.push(definition);
    } else if (tokens.kind(i) === KIND.name && !(tokens.is(i - 1, ".") && tokens.kind(i - 2) === KIND.name)) {
      const { name, end } = dottedName(tokens, i, tokens.length);
      if (!tokens.is(end, "(") || tokens.is(i - 1, "@") || tokens.isName(i - 1, "class")) continue;
      const call = callAt(tokens, name, end, tokens.lineOf(tokens.start(i)));
      const tool = toolOfCall(call, tokens.is(i - 1, "."), imports, frameworks);
      if (tool) add(tool.name, tool.tag, call.line);
      const tag = rootTag(imports.resolve(name)) ?? [...frameworks][0];
      const tools = tag === undefined ? undefined : memberOf(call, "tools");
      if (tag !== undefined && tools?.kind === "list") lists.push({ tools, tag });
    }
  }
  // A list contains variables whose tools were found above, or plain functions, which become tools by being listed.
  const known = new Set(found.map(({ name }) => name));
  for (const { tools, tag } of lists) {
    for (const item of tools.items()) {
      if (item.kind === "text") add(item.text, tag, item.line);
      if (item.kind !== "name" || variables.has(item.text) && !functions.has(item.text)) continue;
      const name = item.text.slice(item.text.lastIndexOf(".") + 1);
      if (!known.has(name)) add(name, tag, item.line);
    }
  }
  return found;
}

/** A file without any of these words declares nothing, so most files need not be tokenized. */
const HINTS =
  /langchain|langgraph|crewai|autogen|ag2|agents|mcp|anthropic|claude_agent_sdk|input_?[sS]chema|["']parameters["']|_20[0-9]{6}/;

/** Frameworks by the first component of an imported module. */
const ROOTS: Readonly<Record<string, string>> = {
  langchain: TAG.langchain,
  langchain_core: TAG.langchain,
  langchain_community: TAG.langchain,
  langchain_classic: TAG.langchain,
  langgraph: TAG.langchain,
  crewai: TAG.crewai,
  crewai_tools: TAG.crewai,
  autogen: TAG.autogen,
  ag2: TAG.autogen,
  pyautogen: TAG.autogen,
  autogen_core: TAG.autogen,
  autogen_agentchat: TAG.autogen,
  autogen_ext: TAG.autogen,
  agents: TAG.openaiAgents,
};

function rootTag(qualified: string | undefined): string | undefined {
  const root = qualified?.split(".", 1)[0];
  return root !== undefined && Object.hasOwn(ROOTS, root) ? ROOTS[root] : undefined;
}

function frameworksOf({ modules }: Imports): ReadonlySet<string> {
  const tags = new Set<string>();
  for (const module of modules) {
    const tag = rootTag(module);
    if (tag !== undefined) tags.add(tag);
    if (/^(?:mcp|fastmcp)(?:\.|$)/.test(module)) tags.add(TAG.mcp);
  }
  return tags;
}

/** The tag of the tools declared by a decorator. */
function tagOfDecorator(
  name: string,
  { resolve }: Imports,
  frameworks: ReadonlySet<string>,
): string | undefined {
  const qualified = resolve(name) ?? "";
  const last = name.slice(name.lastIndexOf(".") + 1);
  if (/\.function_tool$/.test(qualified) && rootTag(qualified) === TAG.openaiAgents) return TAG.openaiAgents;
  if (/\.tool$/.test(qualified)) {
    const tag = rootTag(qualified);
    if (tag === TAG.langchain || tag === TAG.crewai) return tag;
    if (qualified.startsWith("claude_agent_sdk.")) return TAG.anthropic;
  }
  if (/^anthropic\.(?:.{0,80}\.)?beta_(?:async_)?tool$/.test(qualified)) return TAG.anthropic;
  if (!name.includes(".")) return undefined;
  // Methods of objects, which can be recognised only by their name.
  if (frameworks.has(TAG.autogen) && (last === "register_for_llm" || last === "register_for_execution")) {
    return TAG.autogen;
  }
  return frameworks.has(TAG.mcp) && last === "tool" ? TAG.mcp : undefined;
}

/** The tool name passed to a decorator or constructor, if any. */
function nameGiven(call: Value): string | undefined {
  const named = textOf(call, "name") ?? textOf(call, "name_override") ?? textOf(call, "tool_name") ??
    textOf(call, "name_or_callable");
  if (named !== undefined) return named;
  const [first] = call.items();
  return first?.kind === "text" ? first.text : undefined;
}

interface Declared {
  readonly name: string | undefined;
  readonly tag: string;
}

/** The tool that a call creates. */
function toolOfCall(
  call: Value,
  isMethod: boolean,
  { resolve }: Imports,
  frameworks: ReadonlySet<string>,
): Declared | undefined {
  const qualified = isMethod ? "" : resolve(call.text) ?? "";
  const tag = rootTag(qualified);
  const last = call.text.slice(call.text.lastIndexOf(".") + 1);
  if (tag === TAG.langchain) {
    if (/\.(?:Structured)?Tool$/.test(qualified)) return { name: nameGiven(call), tag };
    if (/\.(?:Structured)?Tool\.from_function$/.test(qualified)) {
      return { name: nameGiven(call) ?? functionGiven(call), tag };
    }
  }
  if (tag === TAG.autogen && /\.(?:FunctionTool|register_function)$/.test(qualified)) {
    return { name: textOf(call, "name") ?? functionGiven(call), tag };
  }
  if (tag === TAG.openaiAgents && /\.FunctionTool$/.test(qualified)) return { name: nameGiven(call), tag };
  const isAnyMethod = isMethod || call.text.includes(".");
  if (isAnyMethod && last === "as_tool" && frameworks.has(TAG.openaiAgents)) {
    return { name: textOf(call, "tool_name"), tag: TAG.openaiAgents };
  }
  if (isAnyMethod && last === "add_tool" && frameworks.has(TAG.mcp)) {
    return { name: textOf(call, "name") ?? functionGiven(call), tag: TAG.mcp };
  }
  return undefined;
}

/** The name of the function that a call turns into a tool. */
function functionGiven(call: Value): string | undefined {
  const given = call.items()[0] ?? memberOf(call, "func") ?? memberOf(call, "fn") ??
    memberOf(call, "coroutine");
  return given?.kind === "name" ? given.text.slice(given.text.lastIndexOf(".") + 1) : undefined;
}

/** The decorators from an index on, and the function that they decorate. */
function decoratedAt(tokens: Tokens, start: number): {
  readonly decorators: readonly Value[];
  readonly name: string | undefined;
  readonly line: number;
} {
  const decorators: Value[] = [];
  let i = start;
  while (tokens.is(i, "@")) {
    const { name, end } = dottedName(tokens, i + 1, tokens.length);
    if (tokens.is(end, "(")) {
      decorators.push(callAt(tokens, name, end, tokens.lineOf(tokens.start(i))));
      i = tokens.partner(end) + 1;
    } else {
      decorators.push({
        kind: "name",
        text: name,
        line: tokens.lineOf(tokens.start(i)),
        members: () => [],
        items: () => [],
      });
      i = end;
    }
    if (tokens.kind(i) !== KIND.newline) break;
    i++;
    // The first decorator reads the whole stack; each later one is visited again and reads the rest of it.
    if (decorators.length >= MAX_DECORATORS) break;
  }
  if (tokens.isName(i, "async")) i++;
  const name = tokens.isName(i, "def") ? tokens.nameAt(i + 1) : undefined;
  return { decorators: decorators.slice(0, 1), name, line: tokens.lineOf(tokens.start(i)) };
}

/** The deepest stack of decorators that is examined, so that the work stays linear. */
const MAX_DECORATORS = 32;

/** A tool class; its name is the one in its body, otherwise the class name. */
function classAt(tokens: Tokens, start: number, { resolve }: Imports) {
  const open = start + 2;
  if (tokens.nameAt(start + 1) === "" || !tokens.is(open, "(")) return undefined;
  const bases = callAt(tokens, "", open, 0).items().filter(({ kind }) => kind === "name" || kind === "call");
  const tag = bases.map(({ text }) => resolve(text)).filter((base) =>
    /\.(?:BaseTool|StructuredTool)$/.test(base ?? "")
  )
    .map(rootTag).find((root) => root !== undefined);
  if (tag === undefined) return undefined;
  const line = tokens.lineOf(tokens.start(start));
  const indent = tokens.columnOf(start);
  const end = Math.min(tokens.length, tokens.partner(open) + MAX_CLASS_TOKENS);
  for (let i = tokens.partner(open) + 1; i < end; i++) {
    if (tokens.kind(i - 1) !== KIND.newline || tokens.kind(i) === KIND.newline) continue;
    if (tokens.columnOf(i) <= indent) break;
    if (!tokens.isName(i, "name")) continue;
    let equals = i + 1;
    while (equals < end && !tokens.is(equals, "=") && tokens.kind(equals) !== KIND.newline) equals++;
    let stop = equals + 1;
    while (stop < end && tokens.kind(stop) !== KIND.newline) stop++;
    const value = tokens.is(equals, "=") ? valueIn(tokens, equals + 1, stop) : undefined;
    if (value?.kind === "text") return { name: value.text, tag, line };
  }
  return { name: tokens.textOf(start + 1), tag, line };
}

/** How many tokens of a class body are searched for its tool name. */
const MAX_CLASS_TOKENS = 600;
