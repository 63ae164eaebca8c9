import { decodeUtf8 } from "../../formats/bytes.ts";
import { baseName } from "../../formats/path.ts";
import { findInConfiguration } from "./configuration.ts";
import { type Found, TAG } from "./found.ts";
import { findPythonTools } from "./python_tools.ts";
import { frameworksFromText, presumeFromText } from "./python_text.ts";
import { findScriptTools } from "./script_tools.ts";

/** The finder that reads a file. */
export type Format = "python" | "script" | "configuration";

/** The supported formats, by lower-case extension. */
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

/** The format of a file; `undefined` if it is not supported. */
export function formatOf(path: string): Format | undefined {
  const name = baseName(path).toLowerCase();
  const dot = name.lastIndexOf(".");
  if (dot < 0 || name.endsWith(".d.ts")) return undefined; // type declarations declare no tools
  const extension = name.slice(dot);
  return Object.hasOwn(FORMAT, extension) ? FORMAT[extension] : undefined;
}

/**
 * The tools that a file declares, and the MCP servers that it lists.
 *
 * @throws {GaitError} `invalid_input` if an MCP configuration does not parse
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
 * The tools as the existing program finds them: all functions of Python files that use LangChain or the OpenAI Agents
 * SDK, and no others (docs/spec/scout.md section 1).
 */
export function findCompatibly(path: string, bytes: Uint8Array): Found[] {
  if (formatOf(path) !== "python") return findInFile(path, bytes);
  const text = decodeUtf8(bytes);
  return [
    ...presumeFromText(text, { stem: stemOf(path) }),
    ...(OTHERS.test(text)
      ? findPythonTools(text).filter(({ tag }) => tag !== TAG.langchain && tag !== TAG.openaiAgents)
      : []),
  ];
}

/** A Python file without any of these words declares no tools except with LangChain or the OpenAI Agents SDK. */
const OTHERS =
  /crewai|autogen|ag2|mcp|anthropic|claude_agent_sdk|input_?[sS]chema|["']parameters["']|_20[0-9]{6}/;

/** The file name without extension: what a file without functions counts as. */
function stemOf(path: string): string {
  const name = baseName(path);
  return name.slice(0, name.lastIndexOf("."));
}

/** The findings of one file for setting up Gait: declared tools and possible tools. */
export interface Shown {
  readonly found: readonly Found[];
  /** Tags of the frameworks that the file uses. */
  readonly frameworks: readonly string[];
}

/**
 * The tools that a file declares, and in Python also the functions of a file that uses a framework, or the file itself
 * if it has none: a policy that names one function too many is better than one that misses a tool (docs/spec/gate.md
 * 6.3).
 */
export function findGenerously(path: string, bytes: Uint8Array): Shown {
  const found = findInFile(path, bytes);
  const frameworks = found.map(({ tag }) => tag).filter((tag) => tag.startsWith("framework:"));
  if (formatOf(path) !== "python") return { found, frameworks };
  const text = decodeUtf8(bytes);
  return {
    found: [...found, ...presumeFromText(text, { stem: stemOf(path), asynchronous: true })],
    frameworks: [...frameworks, ...frameworksFromText(text)],
  };
}
