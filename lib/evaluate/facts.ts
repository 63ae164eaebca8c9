import { pathReadings } from "./compare/path.ts";
import { type Place, placeOf } from "./compare/place.ts";
import { classesOf, isDestructiveCall } from "../intent/effects.ts";
import { countedRisks } from "../intent/risk.ts";
import type { Intent } from "../intent/types.ts";
import { lower, trimLower } from "../formats/text.ts";

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
