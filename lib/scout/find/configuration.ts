import { GaitError } from "../../errors/mod.ts";
import { decodeUtf8 } from "../../formats/bytes.ts";
import { readJson } from "../../formats/json/mod.ts";
import { trim, trimLower } from "../../formats/text.ts";
import type { YamlNode } from "../../formats/yaml/mod.ts";
import { parseYamlOfOthers } from "../../formats/yaml/parse.ts";
import { definitionIn } from "./definitions.ts";
import { type Found, TAG } from "./found.ts";
import { tokenizeScript } from "./tokenize_script.ts";
import { Lines, type Tokens } from "./tokens.ts";
import { memberOf, type Value, valueIn, valueOfNode } from "./values.ts";

/**
 * The MCP servers that a JSON or YAML file lists, and the tools that it defines or lets a server use without asking
 * (docs/spec/scout.md section 1).
 *
 * @throws {GaitError} `invalid_input` for a file that is named as an MCP configuration but does not parse: its
 * servers would be missed
 */
export function findInConfiguration(bytes: Uint8Array, path: string): Found[] {
  const isMcp = namesMcp(path);
  const text = decodeUtf8(bytes);
  if (!isMcp && !mayHold(text)) return [];
  let objects: Iterable<Value>;
  try {
    objects = /\.json$/i.test(path) ? objectsOfJson(text, path) : objectsOfYaml(text, path);
  } catch (error) {
    if (isMcp || !(error instanceof GaitError) || error.code !== "invalid_input") throw error;
    return [];
  }
  const found: Found[] = [];
  for (const object of objects) {
    const definition = definitionIn(object);
    if (definition) found.push(definition);
    for (const { key, value } of object.members()) {
      if (isServerMap(trimLower(key), value)) {
        for (const server of value.members()) {
          const name = trim(server.key);
          if (name !== "") found.push({ kind: "mcp_server", name, tag: TAG.mcp, line: server.line });
        }
      }
      if (isMcp && TOOL_LISTS.has(key)) {
        for (const item of value.items()) {
          const name = item.kind === "object" ? memberOf(item, "name") : item;
          if (name?.kind === "text" && LISTED_NAME.test(name.text)) {
            found.push({ kind: "tool", name: name.text, tag: TAG.mcp, line: name.line });
          }
        }
      }
    }
  }
  return found;
}

/** Whether a file is an MCP configuration according to its name. */
export function namesMcp(path: string): boolean {
  return path.slice(path.lastIndexOf("/") + 1).toLowerCase().includes("mcp");
}

/** A file without any of these words, even in escaped form, can't list anything. */
function mayHold(text: string): boolean {
  return /servers|input_?schema|parameters|"mcp"|_20[0-9]{6}/i.test(text) || text.includes("\\");
}

/** The members that hold the servers of a client: Claude, Cursor, Windsurf; VS Code; Zed; Codex. */
const SERVER_MAPS: ReadonlySet<string> = new Set(["mcpservers", "servers", "context_servers", "mcp_servers"]);

function isServerMap(key: string, value: Value): boolean {
  if (value.kind !== "object") return false;
  if (SERVER_MAPS.has(key)) return true;
  // OpenCode lists its servers directly in `mcp`.
  return key === "mcp" && value.members().length > 0 &&
    value.members().every(({ value }) => memberOf(value, "command") ?? memberOf(value, "url"));
}

/** Members of an MCP configuration that list tools: all tools of a server, or those allowed without confirmation. */
const TOOL_LISTS: ReadonlySet<string> = new Set([
  "tools",
  "allowedTools",
  "enabledTools",
  "autoApprove",
  "alwaysAllow",
]);

/** The name of a tool in such a list; `*` and other patterns are not names. */
const LISTED_NAME = /^[A-Za-z0-9_][A-Za-z0-9._:/-]{0,127}$/;

function objectsOfJson(text: string, path: string): Iterable<Value> {
  readJson(text, { what: `"${path}"` });
  return objectsIn(tokenizeScript(text));
}

/** Every object in a source, at any depth. */
export function* objectsIn(tokens: Tokens): Generator<Value> {
  for (let i = 0; i < tokens.length; i++) {
    if (tokens.is(i, "{")) yield valueIn(tokens, i, tokens.partner(i) + 1);
  }
}

/** Parsed here and not at the first object, so that the caller hears of a text that does not parse. */
function objectsOfYaml(text: string, path: string): Iterable<Value> {
  return objectsBelow(parseYamlOfOthers(text, path), new Lines(text));
}

function* objectsBelow(root: YamlNode | undefined, lines: Lines): Generator<Value> {
  const lineOf = (offset: number) => lines.lineOf(offset);
  // The target of an alias is visited once, regardless of how often the alias occurs, so the work stays linear.
  const seen = new Set<YamlNode>();
  const waiting: YamlNode[] = root ? [root] : [];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (seen.has(node)) continue;
    seen.add(node);
    if (node.kind === "sequence") { for (const item of node.items) waiting.push(item); }
    if (node.kind !== "mapping") continue;
    yield valueOfNode(node, lineOf);
    for (const { value } of node.entries) waiting.push(value);
  }
}
