import type { Files } from "../effects/mod.ts";
import { GaitError, invalidInput } from "../errors/mod.ts";
import { pathArgument } from "../formats/shell.ts";
import { findCompatibly, findInFile, formatOf } from "./find/file.ts";
import { namesMcp } from "./find/configuration.ts";
import { Inventory, type Item } from "./inventory.ts";
import { checkRoot, cleanRoots, pathFilter, type PathPatterns, walkTree } from "./walk.ts";

/** Larger files are presumably generated, or crafted to exhaust memory (docs/threat_model.md 43). */
export const MAX_SCANNED_BYTES = 1 << 23;

/** Options of a scan. */
export interface ScanOptions extends PathPatterns {
  readonly roots: readonly string[];
  /** Report only declared tools, instead of all functions of a file that uses a framework. */
  readonly precise?: boolean;
}

/** The result of a scan. */
export interface Scan {
  /** The roots, joined by commas. */
  readonly workspace: string;
  /** Sorted by id. */
  readonly items: readonly Item[];
  /** What was skipped, and why. */
  readonly warnings: readonly string[];
}

/**
 * Find the tools and MCP servers in folders (docs/spec/scout.md section 1). Files are read one at a time, and no code
 * in them is run.
 *
 * @throws {GaitError} `invalid_input` for a root that is not a folder, an unreadable entry, or an MCP configuration
 * that does not parse
 */
export async function scanFolders(
  files: Files,
  { roots, precise = false, ...patterns }: ScanOptions,
): Promise<Scan> {
  const folders = cleanRoots(roots);
  for (const folder of folders) await checkRoot(files, folder);
  const isWanted = pathFilter(patterns);
  const find = precise ? findInFile : findCompatibly;
  const inventory = new Inventory();
  const warnings: string[] = [];
  for (const folder of folders) {
    for await (const { path } of walkTree(files, folder)) {
      if (formatOf(path) === undefined || !isWanted(path)) continue;
      const bytes = await readSource(files, path, warnings);
      if (bytes) await inventory.add(find(path, bytes), path);
    }
  }
  return { workspace: folders.join(","), items: inventory.items(), warnings };
}

/**
 * The content of a file; `undefined`, and a warning, if it is too large. An MCP configuration that is too large is an
 * error instead: its servers would be missed.
 */
async function readSource(
  files: Files,
  path: string,
  warnings: string[],
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  try {
    return await files.read(path, MAX_SCANNED_BYTES);
  } catch (error) {
    if (!(error instanceof GaitError) || error.code !== "invalid_input") throw error;
    if (!namesMcp(path) && await isLarge(files, path)) {
      warnings.push(`left out: "${path}" is larger than ${MAX_SCANNED_BYTES} bytes`);
      return undefined;
    }
    throw invalidInput(error.message, {
      cause: error,
      hint: `Make it readable, or leave it out: --exclude ${pathArgument(path)}`,
    });
  }
}

async function isLarge(files: Files, path: string): Promise<boolean> {
  const info = await files.stat(path);
  const target = info?.kind === "symlink" ? await files.stat(await files.realPath(path)) : info;
  return target?.kind === "file" && target.size > MAX_SCANNED_BYTES;
}
