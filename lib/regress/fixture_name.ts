import { invalidInput, invalidOption } from "../errors/mod.ts";
import { foreignPathFault, hasControl, isDeviceName } from "../formats/path.ts";
import { trimChars } from "../formats/trim.ts";

/** The folder of fixtures, relative to the working folder. */
export const FIXTURES_FOLDER = "fixtures";

/** Names are used for folders, so they are limited to well below the maximum of file systems. */
export const MAX_NAME_LENGTH = 200;

const NAME = /^[a-z0-9][a-z0-9._-]*$/;

/**
 * Whether a text can be the name of a new fixture (docs/spec/regress.md 1.3). {@linkcode checkConfigName} must accept
 * it, too: else the config that names it could not be read again.
 */
export function isFixtureName(name: string): boolean {
  return NAME.test(name) && name.length <= MAX_NAME_LENGTH && foreignPathFault(name) === undefined;
}

/** The default name of a fixture, derived from its run id; may be too long. */
export function deriveFixtureName(runId: string): string {
  const plain = runId.toLowerCase().replace(/[^a-z0-9._-]+/g, "-");
  const name = trimChars(plain, (unit) => "-._".includes(unit));
  if (name === "") return "fixture";
  return isDeviceName(name) ? `fixture-${name}` : name;
}

/**
 * Check the name of a new fixture before anything is created under it.
 *
 * @throws {GaitError} `invalid_input`
 */
export function checkFixtureName(name: string): void {
  if (isFixtureName(name)) return;
  throw invalidOption(
    () => `Cannot use fixture name ${JSON.stringify(name.slice(0, 80))}`,
    (option) =>
      `Give ${
        option("name")
      } of a-z, 0-9, ".", "_" and "-" that starts with a letter or digit, ends with no dot, ` +
      `names no device such as "con" or "nul", and has at most ${MAX_NAME_LENGTH} characters`,
  );
}

/**
 * Check a name from a config. Any printable name is allowed, but no path: names of results are split at their first
 * `/`.
 *
 * @throws {GaitError} `invalid_input`
 */
export function checkConfigName(name: string): void {
  const reason = name.trim() === ""
    ? "it is blank"
    : /[/\\]/.test(name)
    ? "it contains a path separator"
    : name === "." || name === ".."
    ? "it names a folder of the system"
    : hasControl(name)
    ? "it contains control characters"
    : foreignPathFault(name);
  if (reason) {
    throw invalidInput(`Cannot use fixture name ${JSON.stringify(name.slice(0, 80))}: ${reason}`);
  }
}

/** The folder of a fixture. */
export function fixtureFolder(name: string): string {
  return `${FIXTURES_FOLDER}/${name}`;
}
