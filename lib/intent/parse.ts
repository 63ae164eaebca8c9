import { type JsonObject, readJsonObject } from "../formats/json/mod.ts";
import { digestOf, type Hasher, sha256 } from "../signing/mod.ts";
import { CONTEXT_FIELDS, DELEGATION_FIELDS, LINK_FIELDS, readContext, readDelegation } from "./context.ts";
import { freeForm, identifier, lowered, optionalObject, refuseLookalikes, text, time } from "./fields.ts";
import {
  PROVENANCE_FIELDS,
  readProvenance,
  readScript,
  readSkill,
  SCRIPT_FIELDS,
  SKILL_FIELDS,
  sortProvenance,
  STEP_FIELDS,
} from "./script.ts";
import { findUnknownMembers, isHighRisk, refuseUnknownMembers, type Shape } from "./warnings.ts";
import { runsCode } from "./runs_code.ts";
import { readTargets, sortTargets, TARGET_FIELDS } from "./target.ts";
import type { Intent } from "./types.ts";

/** Options for reading an intent. */
export interface ReadIntentOptions {
  /** A faster hasher for long-running processes. */
  readonly hash?: Hasher;
  /**
   * How to treat a number that a double can't represent exactly. Two calls with such numbers can have the same
   * digest, so that an approval of one would allow the other: everything that decides or signs refuses them. `warn`
   * is for commands that only report an evaluation.
   */
  readonly numbers?: "refuse" | "warn";
}

/**
 * Read and normalise an intent request (docs/spec/gate.md section 2). Duplicate keys are refused, because another
 * reader could use the other value. Unknown members are refused for high risk classes.
 *
 * @param input the bytes or text of a file, or an object
 * @param what its name in errors
 * @throws {GaitError} `invalid_input` naming the invalid field
 */
export async function parseIntent(
  input: Uint8Array | string | JsonObject,
  what = "intent",
  { hash = sha256, numbers = "refuse" }: ReadIntentOptions = {},
): Promise<Intent> {
  const read = typeof input === "string" || input instanceof Uint8Array;
  let rounded: string | undefined;
  const onRounded = (reason: string) => rounded = reason;
  const object = read
    ? readJsonObject(input, {
      what,
      duplicates: "refuse",
      numbers: numbers === "refuse" ? "unchanged" : onRounded,
    })
    : input;
  const at = `${what}: `;
  refuseLookalikes(object, FIELDS, at);
  for (const name of IGNORED) text(object, name, at);
  const relationship = optionalObject(object, "relationship", at);
  if (relationship) await checkRelationship(relationship, at);
  const scriptObject = optionalObject(object, "script", at);
  const script = scriptObject && await readScript(scriptObject, at + "script.", hash);
  const named = lowered(object, "tool_name", at);
  const toolName = script ? "script" : identifier(named, "tool_name", at);
  const args = freeForm(object, "args", at);
  const targets = readTargets(object, toolName, at);
  const provenance = readProvenance(object, at);
  const skill = optionalObject(object, "skill_provenance", at);
  const delegation = optionalObject(object, "delegation", at);
  const unknownMembers = findUnknownMembers(object, REQUEST);
  const intent: Intent = {
    createdAt: time(object, "created_at", at),
    toolName,
    args,
    context: readContext(optionalObject(object, "context", at), at),
    ...(script ? { script } : {}),
    targets: targets.length === 0 && script
      ? sortTargets(script.steps.flatMap((step) => step.targets))
      : targets,
    provenance: provenance.length === 0 && script
      ? sortProvenance(script.steps.flatMap((step) => step.provenance))
      : provenance,
    ...(skill ? { skill: readSkill(skill, at + "skill_provenance.") } : {}),
    ...(delegation ? { delegation: readDelegation(delegation, at + "delegation.") } : {}),
    argsDigest: await digestOf(args, hash),
    ...(script && runsCode(named) ? { unusedToolName: named } : {}),
    ...(unknownMembers.length > 0 ? { unknownMembers } : {}),
    ...(rounded === undefined ? {} : { rounded }),
  };
  if (isHighRisk(intent.context.riskClass)) {
    refuseUnknownMembers(intent, `its risk class is "${intent.context.riskClass}"`);
  }
  return intent;
}

/** Not used, but a wrong type is refused. Rare, so its schema is loaded on demand. */
async function checkRelationship(relationship: JsonObject, at: string): Promise<void> {
  const [{ decode }, { relationshipSchema }] = await Promise.all([
    import("../schema/fields.ts"),
    import("../schema/relationship.ts"),
  ]);
  decode(relationshipSchema, relationship, at + "relationship");
}

/** Texts that are accepted and ignored. */
const IGNORED = [
  "schema_id",
  "schema_version",
  "producer_version",
  "args_digest",
  "intent_digest",
  "script_hash",
] as const;

const FIELDS: ReadonlySet<string> = new Set([
  ...IGNORED,
  "created_at",
  "tool_name",
  "args",
  "script",
  "targets",
  "arg_provenance",
  "skill_provenance",
  "delegation",
  "relationship",
  "context",
]);

const CALL: Readonly<Record<string, Shape>> = {
  targets: { members: TARGET_FIELDS },
  arg_provenance: { members: PROVENANCE_FIELDS },
};

/** The known members of all objects of a request; args and auth_context may have any shape. */
const REQUEST: Shape = {
  members: FIELDS,
  inner: {
    ...CALL,
    script: { members: SCRIPT_FIELDS, inner: { steps: { members: STEP_FIELDS, inner: CALL } } },
    skill_provenance: { members: SKILL_FIELDS },
    delegation: { members: DELEGATION_FIELDS, inner: { chain: { members: LINK_FIELDS } } },
    context: { members: CONTEXT_FIELDS },
  },
};
