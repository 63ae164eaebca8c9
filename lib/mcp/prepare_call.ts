import type { Files } from "../effects/types.ts";
import { invalidInput } from "../errors/mod.ts";
import type { JsonObject } from "../formats/json/mod.ts";
import { trim } from "../formats/text.ts";
import type { GateCall } from "../gate/decide.ts";
import type { Profile } from "../gate/profile/profile.ts";
import { intentDigest } from "../intent/digest.ts";
import { parseIntent } from "../intent/parse.ts";
import type { Intent } from "../intent/types.ts";
import type { ContextEnvelope } from "../schema/context.ts";
import { type Digest, type Hasher, sha256 } from "../signing/mod.ts";
import type { GivenToken } from "../tokens/given_token.ts";
import type { Adapter } from "./adapters/table.ts";
import { boundaryOf, type BoundaryReport } from "./boundary.ts";
import type { ToolCall } from "./call.ts";
import type { CheckStop } from "./emergency_stop.ts";
import { intentRequest, missingContext } from "./intent_request.ts";
import { checkOAuth } from "./oauth.ts";

/** Options for deciding calls at the boundary. */
export interface CallOptions {
  readonly adapter: Adapter;
  readonly profile: Profile;
  /** The context envelope of all calls. */
  readonly envelope?: ContextEnvelope | undefined;
  /** Reads the envelope that a call names; absent where calls may not name one. */
  readonly readEnvelope?: ((path: string) => Promise<ContextEnvelope>) | undefined;
  readonly checkStop: CheckStop;
  /** The proven identity of the caller; it replaces the one that the call names. */
  readonly identity?: string | undefined;
  readonly approvals?: readonly GivenToken[];
  readonly delegations?: readonly GivenToken[];
}

/** Effects for preparing a call. */
export interface PrepareEffects {
  readonly files: Pick<Files, "read">;
  readonly now: () => number;
}

/** A call that is ready to be decided by the gate. */
export interface PreparedCall {
  readonly call: ToolCall;
  /** Normalised, including the claims of the call. */
  readonly intent: Intent;
  /** Digest of this intent. It depends on nothing but the call, so it does not change with the age of an envelope. */
  readonly rawIntent: Digest;
  readonly gateCall: GateCall;
  readonly warnings: readonly string[];
  /** What the boundary found; empty until the gate has decided. */
  readonly found: () => BoundaryReport;
}

const AT = "call: ";

/**
 * Turn a payload into a call for the gate (docs/spec/mcp.md 2.1, items 1 to 9). It is the gate of `gait gate eval`,
 * so every rule means the same in both.
 *
 * @throws {GaitError} `invalid_input`, before anything is counted or written
 */
export async function prepareCall(
  payload: JsonObject,
  settings: CallOptions,
  effects: PrepareEffects,
  hash: Hasher = sha256,
): Promise<PreparedCall> {
  const { profile, approvals = [], delegations = [] } = settings;
  const call = provenCall(settings.adapter.read(payload, AT), settings.identity);
  const envelope = await envelopeOf(call, settings);
  checkOAuth(call.context, profile);
  const intent = await parseIntent(intentRequest(call, profile, AT), "call", { hash });
  let found: BoundaryReport = { warnings: [] };
  const { checkStop } = settings;
  const boundary = boundaryOf({ server: call.server, ...effects, checkStop }, (report) => found = report);
  const missing = profile === "standard" ? missingContext(call.context) : [];
  const rawIntent = await intentDigest(intent, hash);
  return {
    call,
    intent,
    rawIntent,
    gateCall: {
      intent,
      digested: { intent, digest: rawIntent },
      ...(envelope ? { envelope } : {}),
      approvals,
      delegations,
      withoutApprovals: approvals.length === 0,
      boundary,
    },
    warnings: missing.length === 0 ? [] : [
      `the call lacks context.${missing.join(", context.")}: profile "oss-prod" would refuse it`,
    ],
    found: () => found,
  };
}

/**
 * A call with the proven identity of its caller, if there is one.
 *
 * @throws {GaitError} `invalid_input` when it acts under a delegation to somebody else: whoever has another's delegation
 * token would act as that one
 */
function provenCall(call: ToolCall, identity: string | undefined): ToolCall {
  if (identity === undefined) return call;
  const requester = call.delegation?.requesterIdentity;
  if (requester !== undefined && trim(requester) !== identity) {
    throw invalidInput(
      "Cannot use delegation.requester_identity: it is not the identity of the caller's token",
      {
        hint: `Send a delegation to "${identity}", or leave it out`,
      },
    );
  }
  return { ...call, context: { ...call.context, identity } };
}

/**
 * The envelope of a call: that of the operator of the boundary, otherwise one that the call names, where this is
 * allowed.
 */
async function envelopeOf(
  { context }: ToolCall,
  { envelope, readEnvelope }: CallOptions,
): Promise<ContextEnvelope | undefined> {
  const path = trim(context.envelopePath);
  if (path === "") return envelope;
  if (envelope || !readEnvelope) {
    throw invalidInput("Cannot use context.context_envelope_path: a call may not choose its own evidence", {
      hint:
        "Leave it out, and give the envelope on the command line of the boundary: --context-envelope <file>",
    });
  }
  return await readEnvelope(path);
}
