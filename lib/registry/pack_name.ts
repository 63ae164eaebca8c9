import { foreignPathFault } from "../formats/path.ts";

/** Longest name and version of a pack; both become folder names. */
const MAX_NAME = 128;

/** The folder of pins is a sibling of the pack folders. */
const RESERVED = "pins";

/**
 * Why a pack name or version can't be used as a folder name; `undefined` if it can. Both come from the manifest and
 * determine where it is stored, so they must not be able to lead out of the cache (docs/threat_model.md 19).
 */
export function nameFault(name: string): string | undefined {
  if (name.length > MAX_NAME) return `it is longer than ${MAX_NAME} characters`;
  if (!/^[A-Za-z0-9][A-Za-z0-9._@+-]*$/.test(name)) {
    return 'it must start with a letter or digit and may contain only letters, digits, ".", "_", "@", "+" and "-"';
  }
  if (name.endsWith(".")) return "it ends with a dot";
  if (name.toLowerCase() === RESERVED) return `"${RESERVED}" is reserved for the folder of pins`;
  return foreignPathFault(name);
}
