import type { JsonObject } from "../formats/json/mod.ts";
import { optionalObject, text } from "../intent/fields.ts";
import { type CallContext, NO_CONTEXT, readContext } from "./call_context.ts";
import { knownFields, objects, texts } from "./fields.ts";
import { readServer, type ServerDescription } from "./trust/server.ts";

/** A tool call, independent of the format it arrived in (docs/spec/mcp.md 3.1). The intent is built from it. */
export interface ToolCall {
  readonly name: string;
  /** Absent means `{}`. */
  readonly args?: JsonObject | undefined;
  /** The steps of a script, which are decided together; name and args of the call are then ignored. */
  readonly steps: readonly CallStep[];
  /** The single target that older clients send. */
  readonly target: string;
  /** Unvalidated, as the call has them. */
  readonly targets: readonly JsonObject[];
  readonly provenance: readonly JsonObject[];
  /** The server that would execute the call. */
  readonly server?: ServerDescription | undefined;
  readonly context: CallContext;
  readonly delegation?: CallDelegation | undefined;
  readonly createdAt: string;
}

/** One step of a script. */
export interface CallStep {
  readonly name: string;
  readonly args?: JsonObject | undefined;
  readonly targets: readonly JsonObject[];
  readonly provenance: readonly JsonObject[];
}

/** The delegation that a call acts under. */
export interface CallDelegation {
  readonly requesterIdentity: string;
  readonly scopeClass: string;
  readonly tokenRefs: readonly string[];
  readonly chain: readonly JsonObject[];
}

/** Make a call from nothing but a tool name and arguments. */
export function plainCall(name: string, args: JsonObject | undefined): ToolCall {
  return {
    name,
    args,
    steps: [],
    target: "",
    targets: [],
    provenance: [],
    context: NO_CONTEXT,
    createdAt: "",
  };
}

const CALL = knownFields(
  "name",
  "args",
  "script",
  "target",
  "targets",
  "arg_provenance",
  "server",
  "context",
  "delegation",
  "created_at",
);
const SCRIPT = knownFields("steps");
const STEP = knownFields("name", "args", "targets", "arg_provenance");
const DELEGATION = knownFields("requester_identity", "scope_class", "token_refs", "chain");

/**
 * Read a call in the native format (docs/spec/mcp.md 3.1).
 *
 * @throws {GaitError} `invalid_input` for a member of a wrong type
 */
export function readToolCall(payload: JsonObject, at: string): ToolCall {
  CALL.refuseLookalikes(payload, at);
  const server = optionalObject(payload, "server", at);
  const delegation = optionalObject(payload, "delegation", at);
  return {
    name: text(payload, "name", at),
    args: optionalObject(payload, "args", at),
    steps: readSteps(optionalObject(payload, "script", at), at + "script."),
    target: text(payload, "target", at),
    targets: objects(payload, "targets", at),
    provenance: objects(payload, "arg_provenance", at),
    server: server && readServer(server, at + "server."),
    context: readContext(optionalObject(payload, "context", at), at + "context."),
    delegation: delegation && readDelegation(delegation, at + "delegation."),
    createdAt: text(payload, "created_at", at),
  };
}

function readSteps(script: JsonObject | undefined, at: string): CallStep[] {
  if (!script) return [];
  SCRIPT.refuseLookalikes(script, at);
  return objects(script, "steps", at).map((step, i) => {
    const inside = `${at}steps[${i}].`;
    STEP.refuseLookalikes(step, inside);
    return {
      name: text(step, "name", inside),
      args: optionalObject(step, "args", inside),
      targets: objects(step, "targets", inside),
      provenance: objects(step, "arg_provenance", inside),
    };
  });
}

function readDelegation(delegation: JsonObject, at: string): CallDelegation {
  DELEGATION.refuseLookalikes(delegation, at);
  return {
    requesterIdentity: text(delegation, "requester_identity", at),
    scopeClass: text(delegation, "scope_class", at),
    tokenRefs: texts(delegation, "token_refs", at),
    chain: objects(delegation, "chain", at),
  };
}
