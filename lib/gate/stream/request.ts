import { invalidInput } from "../../errors/mod.ts";
import { type GivenToken, tokenObjects } from "../../tokens/given_token.ts";
import { isJsonObject, type JsonObject, type JsonValue, readJson } from "../../formats/json/mod.ts";
import { suggest } from "../../formats/suggest.ts";
import type { OpenCall } from "../open.ts";

/** What names a line in its answer: the id that it brings, else its number. */
export type LineId = string | number;

const MEMBERS = ["id", "intent", "context_envelope", "approval_tokens", "delegation_tokens"] as const;

/**
 * Read a line of the stream: an intent request, or an object that wraps one (docs/gate_stream.md).
 *
 * @param onId is told the id as soon as it is known, so that an error about the rest can bear it
 * @throws {GaitError} `invalid_input`; a line that could be read in two ways is refused
 */
export function readRequest(bytes: Uint8Array, onId: (id: LineId) => void): OpenCall {
  const object = readLine(bytes);
  if (!Object.hasOwn(object, "intent")) return { intent: object };
  const { id, intent } = object;
  if (id !== undefined && id !== null) {
    if (typeof id !== "string" && !Number.isSafeInteger(id)) {
      throw invalidInput('Cannot read line: "id" must be a text or a whole number', { hint: FORMS });
    }
    onId(id as LineId);
  }
  for (const name of Object.keys(object)) {
    if ((MEMBERS as readonly string[]).includes(name)) continue;
    const meant = suggest(name, MEMBERS);
    throw invalidInput(`Cannot read line: unknown member "${name}" beside "intent"`, {
      ...(meant ? { hint: `Did you mean "${meant}"?` } : {}),
    });
  }
  if (!isJsonObject(intent)) {
    throw invalidInput('Cannot read line: "intent" must be an object', { hint: FORMS });
  }
  const envelope = object.context_envelope ?? undefined;
  if (envelope !== undefined && !isJsonObject(envelope)) {
    throw invalidInput('Cannot read line: "context_envelope" must be an object');
  }
  return {
    intent,
    ...(envelope ? { contextEnvelope: envelope } : {}),
    approvals: tokens(object.approval_tokens, "approval_tokens"),
    delegations: tokens(object.delegation_tokens, "delegation_tokens"),
  };
}

const FORMS = 'Write one intent request a line, or {"id": …, "intent": {…}} (docs/gate_stream.md)';

function readLine(bytes: Uint8Array): JsonObject {
  const value = readJson(bytes, { what: "line", duplicates: "refuse", numbers: "unchanged" });
  if (!isJsonObject(value)) throw invalidInput("Cannot read line: expected a JSON object", { hint: FORMS });
  return value;
}

function tokens(value: JsonValue | undefined, name: string): GivenToken[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value) || !value.every(isJsonObject)) {
    throw invalidInput(`Cannot read line: "${name}" must be a list of objects`);
  }
  return tokenObjects(value, name);
}
