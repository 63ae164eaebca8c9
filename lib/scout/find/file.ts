import { decodeUtf8 } from "../../formats/bytes.ts";
import { baseName } from "../../formats/path.ts";
import { findInConfiguration } from "./configuration.ts";
import { type Found, TAG } from "./found.ts";
import { findPythonTools } from "./python_tools.ts";
import { frameworksFromText, presumeFromText } from "./python_text.ts";
import { findScriptTools } from "./script_tools.ts";

/** How a file is read. */
export type Format = "python" | "script" | "configuration";

/** The formats that the finder reads, by extension in lower case. */
const FORMAT: Readonly<Record<string, Format>> = {
  ".py": "python",
  ".ts": "script",
  ".tsx": "script",
  ".mts": "script",
  ".cts": "script",
  ".js": "script",
  ".jsx": "script",
  ".mjs": "script",
  ".cjs": "script",
  ".json": "configuration",
  ".yaml": "configuration",
  ".yml": "configuration",
};

/** How a file is read; `undefined` for one that is not. */
export function formatOf(path: string): Format | undefined {
  const name = baseName(path).toLowerCase();
  const dot = name.lastIndexOf(".");
  if (dot < 0 || name.endsWith(".d.ts")) return undefined; // declarations of types declare no tools
  const extension = name.slice(dot);
  return Object.hasOwn(FORMAT, extension) ? FORMAT[extension] : undefined;
}

/**
 * The tools that a file declares, and the MCP servers that it lists.
 *
 * @throws {GaitError} `invalid_input` for an MCP configuration that does not parse
 */
export function findInFile(path: string, bytes: Uint8Array): Found[] {
  switch (formatOf(path)) {
    case "python":
      return findPythonTools(decodeUtf8(bytes));
    case "script":
      return findScriptTools(decodeUtf8(bytes));
    case "configuration":
      return findInConfiguration(bytes, path);
    case undefined:
      return [];
  }
}

/**
 * The same as the existing program sees it: of LangChain and the OpenAI Agents SDK in Python all functions of a file
 * that uses them, and no others (docs/spec/scout.md section 1).
 */
export function findCompatibly(path: string, bytes: Uint8Array): Found[] {
  if (formatOf(path) !== "python") return findInFile(path, bytes);
  const text = decodeUtf8(bytes);
  const name = baseName(path);
  return [
    ...presumeFromText(text, { stem: name.slice(0, name.lastIndexOf(".")) }),
    ...(OTHERS.test(text)
      ? findPythonTools(text).filter(({ tag }) => tag !== TAG.langchain && tag !== TAG.openaiAgents)
      : []),
  ];
}

/** A Python file without any of these words declares no tool but with LangChain or the OpenAI Agents SDK. */
const OTHERS =
  /crewai|autogen|ag2|mcp|anthropic|claude_agent_sdk|input_?[sS]chema|["']parameters["']|_20[0-9]{6}/;

/** What a file shows to whoever sets Gait up: declared tools, and whatever may be one. */
export interface Shown {
  readonly found: readonly Found[];
  /** Tags of the frameworks that it uses. */
  readonly frameworks: readonly string[];
}

/**
 * The tools that a file declares, and in Python also the functions of a file that uses a framework: a policy that
 * names a function too many is better than one that misses a tool (docs/spec/gate.md 6.3).
 */
export function findGenerously(path: string, bytes: Uint8Array): Shown {
  const found = findInFile(path, bytes);
  const frameworks = found.map(({ tag }) => tag).filter((tag) => tag.startsWith("framework:"));
  if (formatOf(path) !== "python") return { found, frameworks };
  const text = decodeUtf8(bytes);
  return {
    found: [...found, ...presumeFromText(text, { asynchronous: true })],
    frameworks: [...frameworks, ...frameworksFromText(text)],
  };
}
