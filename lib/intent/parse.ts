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

/** How an intent is read. */
export interface ReadIntentOptions {
  /** A faster hasher for long-running processes. */
  readonly hash?: Hasher;
  /**
   * What becomes of a number that a double does not hold as it is written. Two calls with such numbers can have one
   * digest, so an approval of one would let the other pass: whatever decides, or signs what is decided, refuses it.
   * `tell` is for what only tells what a policy says.
   */
  readonly numbers?: "refuse" | "tell";
}

/**
 * Read and normalise an intent request (docs/spec/gate.md section 2). A key that occurs twice in one object is refused:
 * another reader could take the other value. So are members that nothing reads, where much is at stake.
 *
 * @param input the file, its text, or an object that a program made
 * @param what the name in errors
 * @throws {GaitError} `invalid_input` that names the field in the way
 */
export async function parseIntent(
  input: Uint8Array | string | JsonObject,
  what = "intent",
  { hash = sha256, numbers = "refuse" }: ReadIntentOptions = {},
): Promise<Intent> {
  const read = typeof input === "string" || input instanceof Uint8Array;
  let rounded: string | undefined;
  const tell = (reason: string) => rounded = reason;
  const object = read
    ? readJsonObject(input, {
      what,
      duplicates: "refuse",
      numbers: numbers === "refuse" ? "unchanged" : tell,
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

/** Used nowhere, but a wrong type is refused all the same. Rare, so its schema is loaded when it is there. */
async function checkRelationship(relationship: JsonObject, at: string): Promise<void> {
  const [{ decode }, { relationshipSchema }] = await Promise.all([
    import("../schema/fields.ts"),
    import("../schema/relationship.ts"),
  ]);
  decode(relationshipSchema, relationship, at + "relationship");
}

/** Texts that may be given and count for nothing. */
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

/** Every object of a request whose members are known; args and auth_context are of any shape. */
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
