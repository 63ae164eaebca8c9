import { classesOf, isDestructiveCall } from "../intent/effects.ts";
import { countedRisks } from "../intent/risk.ts";
import type { Intent } from "../intent/types.ts";
import { lower, trimLower } from "../text.ts";

/** An intent, and what many rules would work out of it again and again. */
export interface Facts {
  readonly intent: Intent;
  /** The call loses or runs something. */
  readonly destructive: boolean;
  /** Of its targets, and what their operations and the tool make of them. */
  readonly endpointClasses: readonly string[];
  /** As written, and `high` when that is not known. */
  readonly riskClasses: readonly string[];
  readonly skillPublisher: string;
  readonly skillSource: string;
  /** Facts of the inventory; empty when absent or no text (spec/gate.md 1.3). */
  readonly contextToolName: string;
  readonly contextDataClass: string;
  readonly contextEndpointClass: string;
  readonly contextAutonomyLevel: string;
}

/** Work out the facts of an intent. */
export function factsOf(intent: Intent): Facts {
  const { authContext } = intent.context;
  const context = (key: string): string => {
    const value = authContext[key];
    return typeof value === "string" ? trimLower(value) : "";
  };
  return {
    intent,
    destructive: isDestructiveCall(intent),
    endpointClasses: classesOf(intent),
    riskClasses: countedRisks(intent.context.riskClass),
    skillPublisher: intent.skill ? lower(intent.skill.publisher) : "",
    skillSource: intent.skill ? lower(intent.skill.source) : "",
    contextToolName: context("wrkr.tool_name"),
    contextDataClass: context("wrkr.data_class"),
    contextEndpointClass: context("wrkr.endpoint_class"),
    contextAutonomyLevel: context("wrkr.autonomy_level"),
  };
}
