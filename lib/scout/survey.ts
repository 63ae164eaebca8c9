import type { Files } from "../effects/mod.ts";
import { GaitError } from "../errors/mod.ts";
import { decodeUtf8 } from "../formats/bytes.ts";
import { readJson } from "../formats/json/mod.ts";
import { parseYaml, readEvents } from "../formats/yaml/parse.ts";
import { findMcpTools, findPythonTools, plainValue } from "./find_tools.ts";
import { concludeSurvey } from "./signals.ts";
import type { Survey } from "./types.ts";
import { append } from "../formats/lists.ts";

/** Larger Python files are generated. */
export const MAX_PYTHON_BYTES = 1 << 22;
/** All Python files of a survey together. */
const MAX_TOTAL_BYTES = 1 << 28;
/** A larger MCP configuration is refused. */
const MAX_CONFIGURATION_BYTES = 1 << 24;

/**
 * Search a folder for agent frameworks and tools (docs/spec/gate.md 6.3). Only regular files are read and links are
 * not followed, so a survey terminates and stays inside. A Python file that can't be read or is too large is skipped
 * with a warning, because it is one of many and often third-party code.
 *
 * @throws {GaitError} `invalid_input` if an MCP configuration can't be read or parsed: its tools would be missed
 */
export async function surveyFolder(files: Files, folder = "."): Promise<Survey> {
  const frameworks: string[] = [];
  const names: string[] = [];
  const warnings: string[] = [];
  let left = MAX_TOTAL_BYTES;
  for await (const path of walk(files, folder, warnings)) {
    const name = path.slice(path.lastIndexOf("/") + 1);
    if (name.endsWith(".py")) {
      const bytes = await readIfPossible(files, path, Math.min(MAX_PYTHON_BYTES, left), warnings);
      left -= bytes.length;
      const found = findPythonTools(decodeUtf8(bytes));
      append(frameworks, found.frameworks);
      for (const tool of found.names) names.push(tool);
    } else if (/mcp/i.test(name) && /\.(?:json|ya?ml)$/.test(name)) {
      const found = toolsOfConfiguration(await files.read(path, MAX_CONFIGURATION_BYTES), path);
      for (const tool of found) names.push(tool);
    }
  }
  return concludeSurvey(frameworks, names, warnings);
}

async function readIfPossible(
  files: Files,
  path: string,
  limit: number,
  warnings: string[],
): Promise<Uint8Array> {
  try {
    return await files.read(path, limit);
  } catch (error) {
    if (!(error instanceof GaitError) || error.code !== "invalid_input") throw error;
    warnings.push(`left out: ${error.message}`);
    return new Uint8Array();
  }
}

/** The tools of an MCP configuration; an unreadable one is an error, because its tools would be missed. */
function toolsOfConfiguration(bytes: Uint8Array, path: string): string[] {
  if (path.endsWith(".json")) return findMcpTools(readJson(bytes, { what: path }));
  readEvents({ name: path, text: decodeUtf8(bytes) });
  try {
    return findMcpTools(plainValue(parseYaml(bytes, path).root));
  } catch (error) {
    // Well-formed YAML with features that policies don't allow: custom tags, repeated anchor names.
    if (error instanceof GaitError && error.code === "invalid_input") return [];
    throw error;
  }
}

/** The deepest nesting of folders that is searched. */
export const MAX_DEPTH = 64;
/** The most files and folders that are examined. */
export const MAX_ENTRIES = 200_000;

/** Folders without sources of the repository itself. */
const SKIPPED: ReadonlySet<string> = new Set([".git", ".beads", "node_modules", "__pycache__"]);

/**
 * The regular files below a folder, sorted by name. Links are not followed, and depth and number are limited, so that
 * no repository can make it run for ever; `warnings` reports what was skipped.
 */
export async function* walk(files: Files, folder: string, warnings: string[]): AsyncGenerator<string> {
  let entries = 0;

  async function* below(folder: string, depth: number): AsyncGenerator<string> {
    for (const name of await namesIn(files, folder, warnings)) {
      if (++entries > MAX_ENTRIES) return;
      const path = folder === "." ? name : `${folder}/${name}`;
      const kind = (await files.stat(path))?.kind;
      if (kind === "file") yield path;
      if (kind !== "folder" || SKIPPED.has(name)) continue;
      if (depth < MAX_DEPTH) yield* below(path, depth + 1);
      else warnings.push(`left out: "${path}" lies more than ${MAX_DEPTH} folders deep`);
    }
  }
  yield* below(folder, 1);
  if (entries > MAX_ENTRIES) warnings.push(`left out: all beyond ${MAX_ENTRIES} files and folders`);
}

async function namesIn(files: Files, folder: string, warnings: string[]): Promise<readonly string[]> {
  try {
    return await files.list(folder);
  } catch (error) {
    if (!(error instanceof GaitError) || error.code !== "invalid_input") throw error;
    warnings.push(`left out: ${error.message}`);
    return [];
  }
}
