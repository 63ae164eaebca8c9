import type { JsonObject } from "../formats/json/mod.ts";
import { MAX_STEPS } from "../schema/intent_words.ts";
import { digestOf, type Hasher } from "../signing/mod.ts";
import { encodeStep } from "./encode.ts";
import { badField, eachObject, identifier, lowered, refuseLookalikes } from "./fields.ts";
import { freeForm } from "./free_form.ts";
import { readProvenance } from "./provenance.ts";
import { readTargets } from "./target.ts";
import type { Script, ScriptStep } from "./types.ts";

/** Calls that are decided together, in their order, with the digest that names them (docs/spec/gate.md 2.4). */
export async function readScript(object: JsonObject, at: string, hash: Hasher): Promise<Script> {
  refuseLookalikes(object, SCRIPT_FIELDS, at);
  const steps = eachObject(object, "steps", at, readStep);
  if (steps.length === 0 || steps.length > MAX_STEPS) {
    throw badField(at, "steps", `expected 1 to ${MAX_STEPS} steps, found ${steps.length}`);
  }
  return { steps, hash: await digestOf({ steps: steps.map(encodeStep) }, hash) };
}

function readStep(object: JsonObject, at: string): ScriptStep {
  refuseLookalikes(object, STEP_FIELDS, at);
  const toolName = identifier(lowered(object, "tool_name", at), "tool_name", at);
  return {
    toolName,
    args: freeForm(object, "args", at),
    targets: readTargets(object, toolName, at),
    provenance: readProvenance(object, at),
  };
}

/** The members of a script. */
export const SCRIPT_FIELDS: ReadonlySet<string> = new Set(["steps"]);
/** The members of a step. */
export const STEP_FIELDS: ReadonlySet<string> = new Set(["tool_name", "args", "targets", "arg_provenance"]);
