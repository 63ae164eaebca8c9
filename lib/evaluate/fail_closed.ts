import { countedRisks } from "../intent/warnings.ts";
import type { Intent, ScriptStep } from "../intent/types.ts";
import type { FailClosed, Policy } from "../policy/types.ts";
import { trimLower } from "../formats/text.ts";
import { plainEvaluation } from "./combine.ts";
import type { Evaluation } from "./types.ts";
import { union } from "../formats/lists.ts";

type Missing = readonly [reasonCode: string, violation: string];

/**
 * Tests for fields that a policy may require of risky intents, with their codes (docs/spec/gate.md 3.1, item 2). A
 * script lacks a field if it or any of its steps does, so that a call can't evade the requirement inside of a script.
 */
const REQUIRED: Readonly<Record<string, readonly [isMissing: (intent: Intent) => boolean, ...Missing]>> = {
  targets: [
    (intent) => some(intent, ({ targets }) => targets.length === 0),
    "fail_closed_missing_targets",
    "missing_targets",
  ],
  arg_provenance: [
    (intent) => some(intent, ({ provenance }) => provenance.length === 0),
    "fail_closed_missing_arg_provenance",
    "missing_arg_provenance",
  ],
  endpoint_class: [
    hasUnknownEndpoint,
    "fail_closed_missing_endpoint_class",
    "missing_endpoint_class",
  ],
  delegation: [
    ({ delegation }) => delegation === undefined,
    "fail_closed_missing_delegation",
    "missing_delegation",
  ],
  context_evidence: [
    ({ context }) => context.contextSetDigest === "",
    "context_evidence_missing",
    "missing_context_evidence",
  ],
};

const UNKNOWN_ENDPOINT: Missing = ["fail_closed_endpoint_class_unknown", "endpoint_class_unknown"];
const NOT_EVALUABLE: Missing = ["fail_closed_intent_invalid", "intent_not_evaluable"];

/** The block of an intent that lacks required fields; `undefined` if the rules decide. */
export function failClosed({ failClosed }: Policy, intent: Intent): Evaluation | undefined {
  if (!applies(failClosed, intent.context.riskClass)) return undefined;
  const missing: Missing[] = [];
  for (const field of failClosed.requiredFields) {
    const required = Object.hasOwn(REQUIRED, field) ? REQUIRED[field] : undefined;
    if (!required) missing.push(NOT_EVALUABLE);
    else if (required[0](intent)) missing.push([required[1], required[2]]);
  }
  if (hasUnknownEndpoint(intent)) missing.push(UNKNOWN_ENDPOINT);
  return missing.length > 0 ? blockFor(missing) : undefined;
}

/**
 * The block of an intent that can't be prepared, e.g. because its claims contradict the context envelope; `undefined`
 * if the policy does not fail closed for this risk class, in which case the error is reported (docs/spec/gate.md
 * 3.1.1).
 *
 * @param riskClass as written in the intent
 */
export function failClosedUnprepared({ failClosed }: Policy, riskClass: string): Evaluation | undefined {
  return applies(failClosed, trimLower(riskClass)) ? blockFor([NOT_EVALUABLE]) : undefined;
}

/** The block of an intent whose evaluation failed. */
export function notEvaluable(): Evaluation {
  return blockFor([NOT_EVALUABLE]);
}

function applies(failClosed: FailClosed, riskClass: string): boolean {
  return failClosed.enabled && countedRisks(riskClass).some((risk) => failClosed.riskClasses.includes(risk));
}

/** Uses the digested class: knowing that a tool runs code does not tell what it touches. */
function hasUnknownEndpoint(intent: Intent): boolean {
  return some(
    intent,
    ({ targets }) => targets.some(({ endpointClass }) => endpointClass === "" || endpointClass === "other"),
  );
}

/** Whether a condition holds for a call, or for a script or any of its steps. */
function some(
  intent: Intent,
  isSo: (part: Pick<ScriptStep, "targets" | "provenance">) => boolean,
): boolean {
  return isSo(intent) || (intent.script?.steps.some(isSo) ?? false);
}

function blockFor(missing: readonly Missing[]): Evaluation {
  const reasons = union([missing.map(([reasonCode]) => reasonCode)]);
  return {
    ...plainEvaluation("block", reasons, union([missing.map(([, violation]) => violation)])),
    failedClosed: true,
  };
}
