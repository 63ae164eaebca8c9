import { pathReadings } from "../compare/path.ts";
import { type Place, placeOf } from "../compare/place.ts";
import type { Intent, Target } from "../intent/types.ts";
import { lower, trimLower } from "../text.ts";

/** An intent, and what many rules would work out of it again and again. */
export interface Facts {
  readonly intent: Intent;
  /** Some target is destructive. */
  readonly destructive: boolean;
  /** Where the targets are, as lists compare them; worked out when first asked for. */
  readonly places: readonly Place[];
  /** What the workspace may be, as prefixes compare it; `undefined` when it can't be read for certain. */
  readonly workspace: readonly string[] | undefined;
  readonly skillPublisher: string;
  readonly skillSource: string;
  /** Facts of the inventory; empty when absent or no text (spec/gate.md 1.3). */
  readonly contextToolName: string;
  readonly contextDataClass: string;
  readonly contextEndpointClass: string;
  readonly contextAutonomyLevel: string;
}

/**
 * Work out the facts of an intent.
 *
 * @param beside targets of the script that the intent is a step of, which no step names
 */
export function factsOf(intent: Intent, beside: readonly Target[] = NONE): Facts {
  const { authContext, workspace } = intent.context;
  let places: readonly Place[] | undefined;
  let readings: { readonly all: readonly string[] | undefined } | undefined;
  const context = (key: string): string => {
    const value = authContext[key];
    return typeof value === "string" ? trimLower(value) : "";
  };
  return {
    intent,
    destructive: [intent.targets, beside].some((list) => list.some((target) => target.destructive)),
    get places() {
      return places ??= [...intent.targets, ...beside].map((target) => placeOf(target, workspace));
    },
    get workspace() {
      return (readings ??= { all: pathReadings(workspace) }).all;
    },
    skillPublisher: intent.skill ? lower(intent.skill.publisher) : "",
    skillSource: intent.skill ? lower(intent.skill.source) : "",
    contextToolName: context("wrkr.tool_name"),
    contextDataClass: context("wrkr.data_class"),
    contextEndpointClass: context("wrkr.endpoint_class"),
    contextAutonomyLevel: context("wrkr.autonomy_level"),
  };
}

const NONE: readonly Target[] = [];
