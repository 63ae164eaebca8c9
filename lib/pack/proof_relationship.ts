import { invalidInput } from "../errors/mod.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../formats/json/mod.ts";

/** Kinds and roles that a relationship may name (docs/spec/core.md 4.4). */
const PARENTS = ["trace", "run", "session", "intent", "policy", "agent", "evidence"];
const ENTITIES = ["agent", "tool", "resource", "policy", "run", "trace", "delegation", "evidence"];
const EDGES = ["delegates_to", "calls", "governed_by", "targets", "derived_from", "emits_evidence"];
const ROLES = ["requester", "delegator", "delegate"];

/**
 * Check how a foreign proof record relates to other things: kinds and roles are a closed set, ids are not empty
 * (docs/spec/pack.md 1.5).
 *
 * @throws {GaitError} `invalid_input`
 */
export function checkRelationship(given: JsonObject | undefined, what: string): void {
  if (given === undefined) return;
  const refuse = (reason: string): never => {
    throw invalidInput(`Cannot read ${what}: ${reason}`);
  };
  const member = (holder: JsonObject, name: string, allowed?: readonly string[]) => {
    const value = holder[name];
    if (typeof value !== "string" || value === "") refuse(`${name} is missing`);
    else if (allowed && !allowed.includes(value)) refuse(`${name} "${value}" is unknown`);
  };
  const objectOf = (value: JsonValue): JsonObject =>
    isJsonObject(value) ? value : refuse("expected an object");
  const listOf = (value: JsonValue | undefined): JsonObject[] =>
    value === undefined || value === null
      ? []
      : Array.isArray(value)
      ? value.map(objectOf)
      : refuse("expected a list");
  const node = (value: JsonValue, allowed: readonly string[]) => {
    const holder = objectOf(value);
    member(holder, "kind", allowed);
    member(holder, "id");
  };
  if (given.parent_ref !== undefined && given.parent_ref !== null) node(given.parent_ref, PARENTS);
  for (const entity of listOf(given.entity_refs)) node(entity, ENTITIES);
  for (const link of listOf(given.agent_chain)) {
    member(link, "identity");
    member(link, "role", ROLES);
  }
  for (const edge of listOf(given.edges)) {
    member(edge, "kind", EDGES);
    for (const end of ["from", "to"]) node(edge[end] ?? null, ENTITIES);
  }
}
