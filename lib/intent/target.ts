import { compareBytewise } from "../formats/bytes.ts";
import type { JsonObject } from "../formats/json/mod.ts";
import { DISCOVERY_METHODS, ENDPOINT_CLASSES, TARGET_KINDS } from "../schema/intent_words.ts";
import { inferEndpointDomain } from "./url_host.ts";
import { eachObject, flag, lowered, oneOf, refuseLookalikes, required, trimmed } from "./fields.ts";
import type { Target } from "./types.ts";

/** The targets of a request or of a step, whose tool helps to classify them (docs/spec/gate.md 2.3). */
export function readTargets(object: JsonObject, toolName: string, at: string): Target[] {
  return sortTargets(
    eachObject(object, "targets", at, (item, inItem) => readTarget(item, toolName, inItem)),
  );
}

/** Targets sorted by all fields, without duplicates. */
export function sortTargets(targets: Target[]): Target[] {
  if (targets.length < 2) return targets;
  targets.sort(compareTargets);
  return targets.filter((target, i) => i === 0 || compareTargets(targets[i - 1]!, target) !== 0);
}

function readTarget(object: JsonObject, toolName: string, at: string): Target {
  refuseLookalikes(object, TARGET_FIELDS, at);
  const kind = oneOf(TARGET_KINDS, required(lowered(object, "kind", at), "kind", at), "kind", at);
  const value = required(trimmed(object, "value", at), "value", at);
  const operation = lowered(object, "operation", at);
  const endpointClass = oneOf(
    ENDPOINT_CLASSES,
    lowered(object, "endpoint_class", at) || inferEndpointClass(kind, operation, toolName),
    "endpoint_class",
    at,
  );
  const destructive = flag(object, "destructive", at);
  const destructiveHint = flag(object, "destructive_hint", at);
  return {
    kind,
    value,
    operation,
    sensitivity: lowered(object, "sensitivity", at),
    endpointClass,
    endpointDomain: lowered(object, "endpoint_domain", at) || inferEndpointDomain(kind, value),
    destructive: destructive || destructiveHint || isDestructive(endpointClass, operation),
    discoveryMethod: discoveryMethod(object, at),
    readOnlyHint: flag(object, "read_only_hint", at),
    destructiveHint,
    idempotentHint: flag(object, "idempotent_hint", at),
    openWorldHint: flag(object, "open_world_hint", at),
  };
}

function discoveryMethod(object: JsonObject, at: string): string {
  const given = lowered(object, "discovery_method", at);
  if (given === "") return "unknown";
  return oneOf(DISCOVERY_METHODS, given.replace(/[- ]/g, "_"), "discovery_method", at);
}

function compareTargets(a: Target, b: Target): number {
  return compareBytewise(a.kind, b.kind) || compareBytewise(a.value, b.value) ||
    compareBytewise(a.operation, b.operation) || compareBytewise(a.sensitivity, b.sensitivity) ||
    compareBytewise(a.endpointClass, b.endpointClass) ||
    compareBytewise(a.endpointDomain, b.endpointDomain) ||
    compareFlags(a.destructive, b.destructive) || compareBytewise(a.discoveryMethod, b.discoveryMethod) ||
    compareFlags(a.readOnlyHint, b.readOnlyHint) || compareFlags(a.destructiveHint, b.destructiveHint) ||
    compareFlags(a.idempotentHint, b.idempotentHint) || compareFlags(a.openWorldHint, b.openWorldHint);
}

function compareFlags(a: boolean, b: boolean): number {
  return Number(a) - Number(b);
}

/** The members of a target. */
export const TARGET_FIELDS: ReadonlySet<string> = new Set([
  "kind",
  "value",
  "operation",
  "sensitivity",
  "endpoint_class",
  "endpoint_domain",
  "destructive",
  "discovery_method",
  "read_only_hint",
  "destructive_hint",
  "idempotent_hint",
  "open_world_hint",
]);

/*
 * Infers the endpoint class of a target that does not declare it (docs/spec/gate.md 2.3). Digests depend on every
 * line, even where a substring of a tool name is misleading ("fs.format" contains "rm").
 */

/** Infer the class from kind, operation and tool name. */
export function inferEndpointClass(kind: string, operation: string, toolName: string): string {
  switch (kind) {
    case "path":
      return PATH_OPERATIONS.get(operation) ?? hintedClass(PATH_HINTS, toolName);
    case "host":
    case "url":
      return NAME_LOOKUPS.has(operation) ? "net.dns" : "net.http";
    case "other":
      return EXECUTIONS.has(operation) ? "proc.exec" : hintedClass(EXECUTION_HINTS, toolName);
    default:
      return "other";
  }
}

/** Whether class or operation are destructive or execute code. */
export function isDestructive(endpointClass: string, operation: string): boolean {
  return endpointClass === "fs.delete" || endpointClass === "proc.exec" || DESTRUCTIVE.has(operation);
}

type Hints = readonly (readonly [endpointClass: string, parts: readonly string[]])[];

function hintedClass(hints: Hints, toolName: string): string {
  const hint = toolHint(toolName);
  return hints.find(([, parts]) => parts.some((part) => hint.includes(part)))?.[0] ?? "other";
}

/** The part of a tool name that describes its targets. */
export function toolHint(toolName: string): string {
  return toolName.slice(toolName.lastIndexOf("/") + 1);
}

/** The part of a tool name that classifies targets of this kind without an operation, for `policy lint`. */
export function findHint(
  kind: "path" | "other",
  toolName: string,
): { readonly endpointClass: string; readonly part: string } | undefined {
  const hint = toolHint(toolName);
  for (const [endpointClass, parts] of kind === "path" ? PATH_HINTS : EXECUTION_HINTS) {
    const part = parts.find((word) => hint.includes(word));
    if (part !== undefined) return { endpointClass, part };
  }
  return undefined;
}

const words = (text: string) => text.split(" ");
const DELETIONS = words("delete remove rm unlink rmdir drop truncate");

const PATH_OPERATIONS: ReadonlyMap<string, string> = new Map([
  ...words("read get list open cat head download stat").map((word) => [word, "fs.read"] as const),
  ...words("write append put create update save copy move rename").map((word) => [word, "fs.write"] as const),
  ...DELETIONS.map((word) => [word, "fs.delete"] as const),
]);

const PATH_HINTS: Hints = [
  ["fs.read", words("read list fetch search")],
  ["fs.write", words("write update save create")],
  ["fs.delete", words("delete remove rm drop")],
];

const NAME_LOOKUPS: ReadonlySet<string> = new Set(words("dns resolve lookup"));
const EXECUTIONS: ReadonlySet<string> = new Set(words("exec spawn run shell command"));
const EXECUTION_HINTS: Hints = [["proc.exec", words("exec shell command spawn run")]];
const DESTRUCTIVE: ReadonlySet<string> = new Set([...DELETIONS, "exec", "spawn"]);
