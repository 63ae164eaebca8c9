import type { JsonObject } from "../formats/json/mod.ts";
import { MAX_STEPS, PROVENANCE_SOURCES } from "../schema/intent_words.ts";
import { digestOf, type Hasher } from "../signing/mod.ts";
import { encodeStep } from "./encode.ts";
import {
  badField,
  eachObject,
  freeForm,
  identifier,
  lowered,
  oneOf,
  optionalDigest,
  refuseLookalikes,
  required,
  trimmed,
} from "./fields.ts";
import { readTargets } from "./target.ts";
import type { Provenance, Script, ScriptStep, SkillProvenance } from "./types.ts";
import { compareBytewise } from "../formats/bytes.ts";

/** Read a script: calls that are decided together, in order, with their digest (docs/spec/gate.md 2.4). */
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

/** Where the arguments of a request or of a step come from (docs/spec/gate.md 2.3). */
export function readProvenance(object: JsonObject, at: string): Provenance[] {
  return sortProvenance(eachObject(object, "arg_provenance", at, readOrigin));
}

/** Provenance sorted by all fields, without duplicates. */
export function sortProvenance(origins: Provenance[]): Provenance[] {
  if (origins.length < 2) return origins;
  origins.sort(compareOrigins);
  return origins.filter((origin, i) => i === 0 || compareOrigins(origins[i - 1]!, origin) !== 0);
}

/** The skill that the call comes from (docs/spec/gate.md 2.3). */
export function readSkill(object: JsonObject, at: string): SkillProvenance {
  refuseLookalikes(object, SKILL_FIELDS, at);
  return {
    skillName: required(trimmed(object, "skill_name", at), "skill_name", at),
    skillVersion: trimmed(object, "skill_version", at),
    source: required(lowered(object, "source", at), "source", at),
    publisher: required(trimmed(object, "publisher", at), "publisher", at),
    digest: optionalDigest(object, "digest", at),
    signatureKeyId: trimmed(object, "signature_key_id", at),
  };
}

function readOrigin(object: JsonObject, at: string): Provenance {
  refuseLookalikes(object, PROVENANCE_FIELDS, at);
  return {
    argPath: required(trimmed(object, "arg_path", at), "arg_path", at),
    source: oneOf(PROVENANCE_SOURCES, required(lowered(object, "source", at), "source", at), "source", at),
    sourceRef: trimmed(object, "source_ref", at),
    integrityDigest: optionalDigest(object, "integrity_digest", at),
  };
}

function compareOrigins(a: Provenance, b: Provenance): number {
  return compareBytewise(a.argPath, b.argPath) || compareBytewise(a.source, b.source) ||
    compareBytewise(a.sourceRef, b.sourceRef) || compareBytewise(a.integrityDigest, b.integrityDigest);
}

/** The members of an entry of `arg_provenance`. */
export const PROVENANCE_FIELDS: ReadonlySet<string> = new Set([
  "arg_path",
  "source",
  "source_ref",
  "integrity_digest",
]);
/** The members of `skill_provenance`. */
export const SKILL_FIELDS: ReadonlySet<string> = new Set([
  "skill_name",
  "skill_version",
  "source",
  "publisher",
  "digest",
  "signature_key_id",
]);
