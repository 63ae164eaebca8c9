import { foreignPathFault } from "../formats/path.ts";

/** Longest name and version of a pack: they become names of folders. */
const MAX_NAME = 128;

/** The folder of pins stands beside those of the packs. */
const RESERVED = "pins";

/**
 * Why a name or version of a pack can't be the name of a folder; `undefined` if it can. A manifest names the place
 * where it is stored, and whoever wrote it must not choose one outside of the cache (docs/threat_model.md 19).
 */
export function nameFault(name: string): string | undefined {
  if (name.length > MAX_NAME) return `it is longer than ${MAX_NAME} characters`;
  if (!/^[A-Za-z0-9][A-Za-z0-9._@+-]*$/.test(name)) {
    return 'it may hold letters, digits, ".", "_", "@", "+" and "-", a letter or digit first';
  }
  if (name.endsWith(".")) return "it ends with a dot";
  if (name.toLowerCase() === RESERVED) return `"${RESERVED}" is the folder of pins`;
  return foreignPathFault(name);
}
