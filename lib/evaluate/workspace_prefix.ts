import { cleanPath } from "../formats/path.ts";
import { foldPath, resolvedReadings } from "./compare/path.ts";
import type { Facts } from "./facts.ts";

/**
 * Whether the workspace begins with one of some prefixes (docs/spec/gate.md 1.3). Workspace and prefixes are compared
 * cleaned. A prefix that ends in a slash is a folder with all below it; others end anywhere, as cases demand
 * (`/srv/led` fits `/srv/ledger`), which `policy lint` warns of.
 *
 * @param guards a guard matches when one reading of the workspace fits, or none can be had; other rules only when all
 * do
 */
export function compileWorkspacePrefixes(
  prefixes: readonly string[],
  guards: boolean,
): (facts: Facts) => boolean {
  const normal = prefixes.map(normalPrefix);
  const begins = (list: readonly string[]) => (path: string) =>
    list.some((prefix) => path.startsWith(prefix) || `${path}/` === prefix);
  const fits = begins(normal);
  if (!guards) return ({ workspace }) => workspace !== undefined && workspace.every(fits);
  const fitsFolded = begins(normal.map((prefix) => foldPath(prefix)));
  return ({ workspace, intent }) =>
    workspace === undefined || fits(intent.context.workspace) ||
    workspace.some((path) => fits(path) || isSomewhere(path) || fitsFolded(foldPath(path))) ||
    resolvedReadings(intent.context.workspace, workspace, "").some((path) => fitsFolded(foldPath(path)));
}

/** A home folder or a variable may stand for any folder that a prefix writes out. */
function isSomewhere(path: string): boolean {
  return /^[~$]/.test(path);
}

/** A prefix as it is compared: its folder cleaned, and the begin of a name behind that as it is. */
export function normalPrefix(prefix: string): string {
  const text = prefix.replaceAll("\\", "/");
  const slash = text.lastIndexOf("/");
  if (slash < 0) return text;
  const folder = cleanPath(text.slice(0, slash + 1));
  return (folder === "/" ? "/" : `${folder}/`) + text.slice(slash + 1);
}
