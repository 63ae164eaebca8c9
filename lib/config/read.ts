import type { Files } from "../effects/types.ts";
import { cleanPath } from "../formats/path.ts";
import { DEFAULTS_PATH, NO_DEFAULTS, type ProjectDefaults } from "./sections.ts";

/** Project defaults beyond this are none: 1 MiB. */
const MAX_DEFAULTS_BYTES = 1 << 20;

/**
 * The defaults of a project. Only the file at its usual place may be missing (docs/spec/gate.md 4.2).
 *
 * @throws {GaitError} `invalid_input` when they can't be read
 */
export async function readDefaults(files: Files, path: string): Promise<ProjectDefaults> {
  if (cleanPath(path) === DEFAULTS_PATH && await files.stat(path) === undefined) return NO_DEFAULTS;
  const { parseDefaults } = await import("./parse.ts");
  return await parseDefaults(await files.read(path, MAX_DEFAULTS_BYTES), path);
}
