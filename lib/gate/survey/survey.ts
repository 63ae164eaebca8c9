import type { Files } from "../../effects/mod.ts";
import { decodeUtf8 } from "../../formats/bytes.ts";
import { readJson } from "../../formats/json/mod.ts";
import { readEvents } from "../../formats/yaml/parse.ts";
import { findPythonTools } from "./python.ts";
import { concludeSurvey } from "./signals.ts";
import type { Survey } from "./types.ts";

/**
 * Look through a folder for agent frameworks and tools (spec/gate.md 6.3). Only regular files are read; links are
 * not followed, so a survey ends and stays inside.
 *
 * @throws {GaitError} `invalid_input` when a file can't be read, or an MCP configuration can't be parsed
 */
export async function surveyFolder(files: Files, folder = "."): Promise<Survey> {
  const frameworks: string[] = [];
  const names: string[] = [];
  for await (const path of regularFiles(files, folder)) {
    const name = path.slice(path.lastIndexOf("/") + 1);
    if (name.endsWith(".py")) {
      const found = findPythonTools(decodeUtf8(await files.read(path)), name.slice(0, -".py".length));
      frameworks.push(...found.frameworks);
      names.push(...found.names);
    } else if (/mcp/i.test(name) && /\.(?:json|ya?ml)$/.test(name)) {
      checkSyntax(await files.read(path), path);
    }
  }
  return concludeSurvey(frameworks, names);
}

/** Folders that hold nothing of the repository itself. */
const SKIPPED: ReadonlySet<string> = new Set([".git", ".beads", "node_modules", "__pycache__"]);

async function* regularFiles(files: Files, folder: string): AsyncGenerator<string> {
  for (const name of await files.list(folder)) {
    const path = folder === "." ? name : `${folder}/${name}`;
    const kind = (await files.stat(path))?.kind;
    if (kind === "file") yield path;
    else if (kind === "folder" && !SKIPPED.has(name)) yield* regularFiles(files, path);
  }
}

/** An MCP configuration that nobody can read would leave its tools out of sight. */
function checkSyntax(bytes: Uint8Array, path: string): void {
  if (path.endsWith(".json")) readJson(bytes, { what: path });
  else readEvents({ name: path, text: decodeUtf8(bytes) });
}
