import type { Intent } from "../intent/types.ts";
import { lower, trimLower } from "../text.ts";

/** An intent, and what many rules would work out of it again and again. */
export interface Facts {
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
    destructive: intent.targets.some((target) => target.destructive),
    skillPublisher: intent.skill ? lower(intent.skill.publisher) : "",
    skillSource: intent.skill ? lower(intent.skill.source) : "",
    contextToolName: context("wrkr.tool_name"),
    contextDataClass: context("wrkr.data_class"),
    contextEndpointClass: context("wrkr.endpoint_class"),
    contextAutonomyLevel: context("wrkr.autonomy_level"),
  };
}
