import { type JsonObject, readJsonObject } from "../../formats/json/mod.ts";
import { digestOf, type Hasher, sha256 } from "../../signing/mod.ts";
import { readContext } from "./context.ts";
import { readDelegation } from "./delegation.ts";
import { identifier, lowered, optionalObject, refuseLookalikes, text, time } from "./fields.ts";
import { freeForm } from "./free_form.ts";
import { readProvenance, readSkill, sortProvenance } from "./provenance.ts";
import { readScript } from "./script.ts";
import { readTargets, sortTargets } from "./target.ts";
import type { Intent } from "./types.ts";

/**
 * Read and normalise an intent request (spec/gate.md section 2). A key that occurs twice in one object is refused:
 * another reader could take the other value.
 *
 * @param input the file, its text, or an object that a program made
 * @param what the name in errors
 * @param hash a faster hasher for long-running processes
 * @throws {GaitError} `invalid_input` that names the field in the way
 */
export async function parseIntent(
  input: Uint8Array | string | JsonObject,
  what = "intent",
  hash: Hasher = sha256,
): Promise<Intent> {
  const read = typeof input === "string" || input instanceof Uint8Array;
  const object = read ? readJsonObject(input, { what, duplicates: "refuse" }) : input;
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
  return {
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
  };
}

/** Used nowhere, but a wrong type is refused all the same. Rare, so its schema is loaded when it is there. */
async function checkRelationship(relationship: JsonObject, at: string): Promise<void> {
  const [{ decode }, { relationshipSchema }] = await Promise.all([
    import("../../schema/fields.ts"),
    import("../../schema/relationship.ts"),
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
