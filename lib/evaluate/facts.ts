import { foldPath, isFromVariable, pathReadings, resolvedReadings } from "./compare/path.ts";
import { type Place, placeOf } from "./compare/place.ts";
import { classesOf, isDestructiveCall } from "../intent/effects.ts";
import { countedRisks } from "../intent/warnings.ts";
import type { Intent } from "../intent/types.ts";
import { asSeen } from "../formats/invisible.ts";
import { lower, trimLower } from "../formats/text.ts";
import { cleanPath } from "../formats/path.ts";
import { argumentPlaces } from "./argument_places.ts";

/** Before the names of claims in `auth_context` that count for guards alone. */
export const CLAIMED = "claimed ";

/** An intent with derived facts that many rules share. */
export class Facts {
  readonly intent: Intent;
  /** Whether the call is destructive or executes code. */
  readonly destructive: boolean;
  /** Classes of its targets, including those implied by operations and the tool. */
  readonly endpointClasses: readonly string[];
  /** As written, plus `high` for an unknown class. */
  readonly riskClasses: readonly string[];
  readonly skillPublisher: string;
  readonly skillSource: string;
  /** Facts of the inventory; empty when absent or no text (docs/spec/gate.md 1.3). */
  readonly contextToolName: string;
  readonly contextDataClass: string;
  readonly contextEndpointClass: string;
  readonly contextAutonomyLevel: string;
  /** What the caller claims instead, where the policy trusts an inventory only; empty otherwise. */
  readonly claimed: Readonly<Record<"toolName" | "dataClass" | "endpointClass" | "autonomyLevel", string>>;
  #places: readonly Place[] | undefined;
  #argumentPlaces: readonly Place[] | undefined;
  /** Texts as they are seen, each worked out once, however many rules ask and however long it is. */
  readonly #seen = new Map<string, Seen>();
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
    this.claimed = {
      toolName: context(`${CLAIMED}wrkr.tool_name`),
      dataClass: context(`${CLAIMED}wrkr.data_class`),
      endpointClass: context(`${CLAIMED}wrkr.endpoint_class`),
      autonomyLevel: context(`${CLAIMED}wrkr.autonomy_level`),
    };
  }

  /** The locations of the targets, for comparison with lists; computed lazily. */
  get places(): readonly Place[] {
    const { targets, context } = this.intent;
    return this.#places ??= targets.map((target) => placeOf(target, context.workspace));
  }

  /** What the arguments name, for rules that look at them; computed lazily. */
  get argumentPlaces(): readonly Place[] {
    const { args, context } = this.intent;
    return this.#argumentPlaces ??= argumentPlaces(args, context.workspace);
  }

  /** A text of the intent as it is seen; `undefined` if it is what it looks like. */
  seen(text: string): Seen | undefined {
    let known = this.#seen.get(text);
    if (known === undefined) {
      const seen = asSeen(text);
      known = { text: seen, lower: seen === text ? text : lower(seen) };
      this.#seen.set(text, known);
    }
    return known.text === text ? undefined : known;
  }

  /** The possible workspaces, for comparison with prefixes; `undefined` if it is ambiguous. */
  get workspace(): readonly string[] | undefined {
    return (this.#workspace ??= { readings: pathReadings(this.intent.context.workspace) }).readings;
  }
}

/** A text as it is seen; for lists in lower case, lower-cased again. */
interface Seen {
  readonly text: string;
  readonly lower: string;
}

/** Derive the facts of an intent. */
export function factsOf(intent: Intent): Facts {
  return new Facts(intent);
}

/**
 * A test whether the workspace begins with one of the prefixes (docs/spec/gate.md 1.3). Both are normalised. A prefix
 * that ends in a slash matches a folder and everything below; others may end inside of a name, as recorded cases
 * require (`/srv/led` matches `/srv/ledger`), which `policy lint` warns about.
 *
 * @param guards whether the rule restricts calls: then one matching reading of the workspace, or an ambiguous one, is
 * enough; otherwise all readings must match
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
  // A home folder or a variable may be any folder that a prefix names.
  return ({ workspace, intent }) =>
    workspace === undefined || fits(intent.context.workspace) ||
    workspace.some((path) => fits(path) || isFromVariable(path) || fitsFolded(foldPath(path))) ||
    resolvedReadings(intent.context.workspace, workspace, "").some((path) => fitsFolded(foldPath(path)));
}

/** Normalise a prefix: its folder is cleaned, the partial name after it is unchanged. */
export function normalPrefix(prefix: string): string {
  const text = prefix.replaceAll("\\", "/");
  const slash = text.lastIndexOf("/");
  if (slash < 0) return text;
  const folder = cleanPath(text.slice(0, slash + 1));
  return (folder === "/" ? "/" : `${folder}/`) + text.slice(slash + 1);
}
