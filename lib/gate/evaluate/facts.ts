import { pathReadings } from "../compare/path.ts";
import { type Place, placeOf } from "../compare/place.ts";
import type { Intent, Target } from "../intent/types.ts";
import { lower, trimLower } from "../text.ts";

/** An intent, and what many rules would work out of it again and again. */
export class Facts {
  readonly intent: Intent;
  /** Some target is destructive. */
  readonly destructive: boolean;
  readonly skillPublisher: string;
  readonly skillSource: string;
  /** Facts of the inventory; empty when absent or no text (spec/gate.md 1.3). */
  readonly contextToolName: string;
  readonly contextDataClass: string;
  readonly contextEndpointClass: string;
  readonly contextAutonomyLevel: string;
  readonly #beside: readonly Target[];
  #places: readonly Place[] | undefined;
  #placesBeside: readonly Place[] | undefined;
  #workspace: { readonly readings: readonly string[] | undefined } | undefined;

  constructor(intent: Intent, beside: readonly Target[]) {
    const { authContext } = intent.context;
    const context = (key: string): string => {
      const value = authContext[key];
      return typeof value === "string" ? trimLower(value) : "";
    };
    this.intent = intent;
    this.destructive = intent.targets.some(isDestructive) || beside.some(isDestructive);
    this.skillPublisher = intent.skill ? lower(intent.skill.publisher) : "";
    this.skillSource = intent.skill ? lower(intent.skill.source) : "";
    this.contextToolName = context("wrkr.tool_name");
    this.contextDataClass = context("wrkr.data_class");
    this.contextEndpointClass = context("wrkr.endpoint_class");
    this.contextAutonomyLevel = context("wrkr.autonomy_level");
    this.#beside = beside;
  }

  /** Where the targets are, as lists compare them; worked out when first asked for. */
  get places(): readonly Place[] {
    return this.#places ??= this.#placesOf(this.intent.targets);
  }

  /**
   * The same for targets of the script that the intent is a step of, which no step names. They can be a reason against
   * the step, but prove nothing for it.
   */
  get placesBeside(): readonly Place[] {
    return this.#placesBeside ??= this.#placesOf(this.#beside);
  }

  /** What the workspace may be, as prefixes compare it; `undefined` when it can't be read for certain. */
  get workspace(): readonly string[] | undefined {
    return (this.#workspace ??= { readings: pathReadings(this.intent.context.workspace) }).readings;
  }

  #placesOf(targets: readonly Target[]): Place[] {
    return targets.map((target) => placeOf(target, this.intent.context.workspace));
  }
}

/**
 * Work out the facts of an intent.
 *
 * @param beside targets of the script that the intent is a step of, which no step names
 */
export function factsOf(intent: Intent, beside: readonly Target[] = NONE): Facts {
  return new Facts(intent, beside);
}

const NONE: readonly Target[] = [];
const isDestructive = ({ destructive }: Target) => destructive;
