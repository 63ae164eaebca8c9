import { foldPath, pathReadings, resolvedReadings } from "./compare/path.ts";
import { type Place, placeOf } from "./compare/place.ts";
import { classesOf, isDestructiveCall } from "../intent/effects.ts";
import { countedRisks } from "../intent/warnings.ts";
import type { Intent } from "../intent/types.ts";
import { lower, trimLower } from "../formats/text.ts";
import { cleanPath } from "../formats/path.ts";

/** An intent, and what many rules would work out of it again and again. */
export class Facts {
  readonly intent: Intent;
  /** The call loses or runs something. */
  readonly destructive: boolean;
  /** Of its targets, and what their operations and the tool make of them. */
  readonly endpointClasses: readonly string[];
  /** As written, and `high` when that is not known. */
  readonly riskClasses: readonly string[];
  readonly skillPublisher: string;
  readonly skillSource: string;
  /** Facts of the inventory; empty when absent or no text (docs/spec/gate.md 1.3). */
  readonly contextToolName: string;
  readonly contextDataClass: string;
  readonly contextEndpointClass: string;
  readonly contextAutonomyLevel: string;
  #places: readonly Place[] | undefined;
  #workspace: { readonly readings: readonly string[] | undefined } | undefined;

  constructor(intent: Intent) {
    const { authContext } = intent.context;
    const context = (key: string): string => {
      const value = authContext[key];
      return typeof value === "string" ? trimLower(value) : "";
    };
    this.intent = intent;
    this.destructive = isDestructiveCall(intent);
    this.endpointClasses = classesOf(intent);
    this.riskClasses = countedRisks(intent.context.riskClass);
    this.skillPublisher = intent.skill ? lower(intent.skill.publisher) : "";
    this.skillSource = intent.skill ? lower(intent.skill.source) : "";
    this.contextToolName = context("wrkr.tool_name");
    this.contextDataClass = context("wrkr.data_class");
    this.contextEndpointClass = context("wrkr.endpoint_class");
    this.contextAutonomyLevel = context("wrkr.autonomy_level");
  }

  /** Where the targets are, as lists compare them; worked out when first asked for. */
  get places(): readonly Place[] {
    const { targets, context } = this.intent;
    return this.#places ??= targets.map((target) => placeOf(target, context.workspace));
  }

  /** What the workspace may be, as prefixes compare it; `undefined` when it can't be read for certain. */
  get workspace(): readonly string[] | undefined {
    return (this.#workspace ??= { readings: pathReadings(this.intent.context.workspace) }).readings;
  }
}

/** Work out the facts of an intent. */
export function factsOf(intent: Intent): Facts {
  return new Facts(intent);
}

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
