import { invalidInput } from "../../errors/mod.ts";
import type { Intent } from "../../intent/types.ts";
import { trim, trimLower } from "../../formats/text.ts";
import type { CredentialDemand } from "./credential.ts";

/** What a broker is told (docs/spec/tokens.md section 6). */
export interface BrokerRequest {
  readonly toolName: string;
  readonly identity: string;
  readonly workspace: string;
  readonly sessionId: string;
  readonly requestId: string;
  readonly reference: string;
  /** In lower case, without repetition. */
  readonly scope: readonly string[];
}

/**
 * The request for a call.
 *
 * @throws {GaitError} `invalid_input` when nobody can be named that the credential is for
 */
export function requestOf(
  { toolName, context }: Intent,
  { reference, scope }: CredentialDemand,
): BrokerRequest {
  const request = {
    toolName: trimLower(toolName),
    identity: trim(context.identity),
    workspace: trim(context.workspace),
    sessionId: trim(context.sessionId),
    requestId: trim(context.requestId),
    reference: trim(reference),
    scope: [...new Set(scope.map(trimLower))].filter((one) => one !== ""),
  };
  if (request.toolName === "" || request.identity === "") {
    throw invalidInput("Cannot ask for a credential: the call names no tool or no identity");
  }
  return request;
}
