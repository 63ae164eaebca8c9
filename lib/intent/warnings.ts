import { invalidInput } from "../errors/mod.ts";
import { suggest } from "../formats/suggest.ts";
import { RISK_CLASSES } from "../schema/intent_words.ts";
import { isKnownRisk } from "./risk.ts";
import type { Intent } from "./types.ts";

/** What whoever sent an intent should know about it. */
export function warningsOf(
  { unknownMembers = [], unusedToolName, rounded, context: { riskClass } }: Intent,
): string[] {
  return [
    ...unknownMembers.map((member) =>
      `the intent has an unknown member, which counts for nothing: ${member}`
    ),
    ...(unusedToolName === undefined ? [] : [
      `the intent is a script: its tool_name "${unusedToolName}" counts for nothing, its steps are decided`,
    ]),
    ...(isKnownRisk(riskClass) ? [] : [unknownRisk(riskClass)]),
    ...(rounded === undefined ? [] : [`${rounded}; gait gate eval refuses the intent`]),
  ];
}

function unknownRisk(riskClass: string): string {
  const meant = suggest(riskClass, RISK_CLASSES);
  return `risk class "${riskClass}" is none of ${RISK_CLASSES.join(", ")}, so it counts as high` +
    (meant === undefined ? "" : `: did you mean "${meant}"?`);
}

/**
 * Refuse an intent with members that nothing reads. With much at stake a mistyped `targets` must not pass as a call
 * without targets (docs/spec/gate.md 2.1).
 *
 * @throws {GaitError} `invalid_input`
 */
export function refuseUnknownMembers({ unknownMembers = [] }: Intent, because: string): void {
  if (unknownMembers.length === 0) return;
  throw invalidInput(`Cannot read intent: unknown member ${unknownMembers.join(", ")}, and ${because}`, {
    hint: "Correct or remove it; all members: schemas/v1/gate/intent_request.schema.json",
  });
}
