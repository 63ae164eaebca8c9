import { invalidInput } from "../errors/mod.ts";
import { suggest } from "../formats/suggest.ts";
import { RISK_CLASSES } from "../schema/intent_words.ts";
import type { Intent } from "./types.ts";
import { trimLower } from "../formats/text.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../formats/json/mod.ts";

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

/*
 * A risk class is a free text that the caller writes (docs/spec/gate.md 2.2). INVARIANT: one that is not known counts
 * as `high` wherever it matters: a mistyped "hihg" must not be a way around what a policy demands of risky calls.
 */

/** Whether a risk class is one of the four that mean something. */
export function isKnownRisk(riskClass: string): boolean {
  return RISK_CLASSES.includes(riskClass);
}

/** The risk classes that lists of a policy are asked for: as written, and `high` when that is not known. */
export function countedRisks(riskClass: string): readonly string[] {
  return isKnownRisk(riskClass) ? [riskClass] : [riskClass, "high"];
}

/** Whether much is at stake; of a risk class as it is written in an intent or a policy. */
export function isHighRisk(riskClass: string): boolean {
  const known = trimLower(riskClass);
  return known !== "low" && known !== "medium";
}

/** The members that an object may have, and what is in those that are objects or lists of objects. */
export interface Shape {
  readonly members: ReadonlySet<string>;
  readonly inner?: Readonly<Record<string, Shape>>;
}

/** So many are named; whoever sends more has made one mistake in many places. */
const MAX_NAMED = 20;
/** So much of a name is shown. */
const MAX_SHOWN = 80;

/**
 * Members of a request that nothing reads, each with the known one that may have been meant. They count for nothing:
 * a policy that asks for `targets` sees none in `target`, so the caller must be told.
 */
export function findUnknownMembers(request: JsonObject, shape: Shape): string[] {
  const found: { readonly at: string; readonly name: string; readonly known: ReadonlySet<string> }[] = [];
  const visit = (value: JsonValue | undefined, { members, inner = {} }: Shape, at: string) => {
    // What is no object here is refused by whoever reads it.
    if (!isJsonObject(value)) return;
    for (const name in value) {
      if (!members.has(name) && Object.hasOwn(value, name)) found.push({ at, name, known: members });
    }
    for (const [name, ofMember] of Object.entries(inner)) {
      const member = Object.hasOwn(value, name) ? value[name] : undefined;
      if (Array.isArray(member)) member.forEach((item, i) => visit(item, ofMember, `${at}${name}[${i}].`));
      else visit(member, ofMember, `${at}${name}.`);
    }
  };
  visit(request, shape, "");
  const named = found.slice(0, MAX_NAMED).map(({ at, name, known }) => {
    const meant = suggest(name, [...known]);
    return `"${at}${cut(name)}"${meant === undefined ? "" : ` (did you mean "${meant}"?)`}`;
  });
  return found.length > MAX_NAMED ? [...named, `${found.length - MAX_NAMED} more`] : named;
}

function cut(name: string): string {
  return name.length <= MAX_SHOWN ? name : `${name.slice(0, MAX_SHOWN)}…`;
}
