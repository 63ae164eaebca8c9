import type { Files } from "../effects/mod.ts";
import { GaitError } from "../errors/mod.ts";
import { findGenerously, formatOf } from "./find/file.ts";
import { namesMcp } from "./find/configuration.ts";
import { concludeSurvey } from "./signals.ts";
import type { Survey } from "./types.ts";
import { walkTree } from "./walk.ts";

/** Larger sources are generated. */
export const MAX_SOURCE_BYTES = 1 << 22;
/** All sources of a survey together. */
const MAX_TOTAL_BYTES = 1 << 28;
/** A larger MCP configuration is refused. */
const MAX_CONFIGURATION_BYTES = 1 << 24;
/** The deepest nesting of folders that is searched. */
export const MAX_DEPTH = 64;
/** The most files and folders that are examined. */
export const MAX_ENTRIES = 200_000;

/**
 * Search a folder for agent frameworks and tools (docs/spec/gate.md 6.3). Only regular files are read and links are
 * not followed, so a survey terminates and stays inside. A source that can't be read or is too large is skipped with a
 * warning, because it is one of many and often third-party code.
 *
 * @throws {GaitError} `invalid_input` if an MCP configuration can't be read or parsed: its tools would be missed
 */
export async function surveyFolder(files: Files, folder = "."): Promise<Survey> {
  const frameworks = new Set<string>();
  const names = new Set<string>();
  const warnings: string[] = [];
  let left = MAX_TOTAL_BYTES;
  const limits = { warnings, maxDepth: MAX_DEPTH, maxEntries: MAX_ENTRIES };
  for await (const { path, isRegular } of walkTree(files, folder, limits)) {
    const format = formatOf(path);
    if (!isRegular || format === undefined) continue;
    const isMcp = format === "configuration" && namesMcp(path);
    const bytes = isMcp
      ? await files.read(path, MAX_CONFIGURATION_BYTES)
      : await readIfPossible(files, path, Math.min(MAX_SOURCE_BYTES, left), warnings);
    left -= isMcp ? 0 : bytes.length;
    const shown = findGenerously(path, bytes);
    for (const tag of shown.frameworks) frameworks.add(tag.slice(tag.indexOf(":") + 1));
    for (const { kind, name } of shown.found) if (kind === "tool") names.add(name);
  }
  return concludeSurvey([...frameworks], [...names], warnings);
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
