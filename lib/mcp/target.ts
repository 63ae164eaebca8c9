import type { JsonObject } from "../formats/json/mod.ts";
import { trim, trimLower } from "../formats/text.ts";
import { flag, optionalObject, text } from "../intent/fields.ts";
import { knownFields, own } from "./fields.ts";

/** The hints of a target, each with its name in MCP. */
const HINTS = [
  ["read_only_hint", "readOnlyHint"],
  ["destructive_hint", "destructiveHint"],
  ["idempotent_hint", "idempotentHint"],
  ["open_world_hint", "openWorldHint"],
] as const;
const METHOD = ["discovery_method", "discoveryMethod"] as const;

const TARGET = knownFields(
  "kind",
  "value",
  "operation",
  "sensitivity",
  "annotations",
  ...METHOD,
  ...HINTS.flat(),
);
const ANNOTATIONS = knownFields(...METHOD, ...HINTS.flat());

/**
 * Convert a target of a call to a target of an intent (docs/spec/mcp.md section 4, item 3). Names of MCP and of Gait
 * are synonyms, and annotations take precedence. All other members are dropped.
 */
export function intentTarget(target: JsonObject, at: string): JsonObject {
  TARGET.refuseLookalikes(target, at);
  const annotations = optionalObject(target, "annotations", at) ?? {};
  ANNOTATIONS.refuseLookalikes(annotations, at + "annotations.");
  const hints = HINTS.map((names) => {
    const said = names.map((name) => flag(target, name, at)).includes(true);
    return [names[0], annotated(annotations, names, asBoolean) ?? said] as const;
  });
  const [snake, camel] = METHOD.map((name) => trim(text(target, name, at)));
  const method = annotated(annotations, METHOD, asText) ?? (snake || camel || "");
  return {
    kind: trim(text(target, "kind", at)),
    value: trim(text(target, "value", at)),
    operation: trim(text(target, "operation", at)),
    sensitivity: trim(text(target, "sensitivity", at)),
    discovery_method: method,
    ...Object.fromEntries(hints),
  };
}

/** Convert the single target that older clients send (docs/spec/mcp.md section 4, item 2). */
export function legacyTarget(given: string): JsonObject {
  const value = trim(given);
  return { kind: value.includes("://") ? "url" : value.includes("/") ? "path" : "host", value };
}

/** The first annotation under one of the names that has a usable value. */
function annotated<T>(
  annotations: JsonObject,
  names: readonly string[],
  read: (value: unknown) => T | undefined,
): T | undefined {
  for (const name of names) {
    const said = read(own(annotations, name));
    if (said !== undefined) return said;
  }
  return undefined;
}

function asBoolean(value: unknown): boolean | undefined {
  if (typeof value === "boolean") return value;
  const word = typeof value === "string" ? trimLower(value) : "";
  return word === "true" ? true : word === "false" ? false : undefined;
}

function asText(value: unknown): string | undefined {
  return typeof value === "string" && trim(value) !== "" ? trim(value) : undefined;
}
