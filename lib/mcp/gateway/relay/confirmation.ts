import type { GatewayAnswer } from "../decision/answer.ts";
import { escapeControls } from "../../../formats/controls.ts";
import { isJsonObject, type JsonObject } from "../../../formats/json/mod.ts";
import { encodeNotification, encodeRequest } from "../codec/reply.ts";
import type { Subject } from "../decision/subject.ts";
import type { RelayState } from "./state.ts";
import type { Pending } from "./types.ts";

/** The most characters of the arguments that a person is shown. */
const MAX_SHOWN = 2_000;

/**
 * Whether a confirmation through the client may let a stopped call pass (docs/spec/mcp.md 10.7). The client may answer
 * for the agent itself, so this is never enough where a rule wants several or distinct approvers, or demands that the
 * gate meets only for a call that it allows.
 */
export function isConfirmable({ decision: { evaluation, outcome } }: GatewayAnswer): boolean {
  return evaluation.verdict === "require_approval" && outcome.requiredApprovals <= 1 &&
    evaluation.minApprovals <= 1 && !evaluation.requireDistinctApprovers &&
    !evaluation.requireBrokerCredential && !evaluation.requireDelegation && !evaluation.failedClosed;
}

/** A question to the person at the client. */
export interface AskedClient {
  /** Whether the call may happen; nothing when no answer comes. */
  readonly answer: Promise<boolean | undefined>;
  /** Nobody waits for the answer any more. */
  withdraw(): Promise<void>;
}

/**
 * Ask whoever sits at the client whether a call may happen.
 *
 * @returns `undefined` when the client can't ask
 */
export async function askClient(
  state: RelayState,
  subject: Subject,
  answer: GatewayAnswer,
  { outlet }: Pending,
): Promise<AskedClient | undefined> {
  if (!state.clientAsks || state.negotiated === undefined) return undefined;
  if (!state.negotiated.serverRequests.has("elicitation/create")) return undefined;
  const shown = escapeControls(JSON.stringify(subject.args));
  const cut = shown.length > MAX_SHOWN ? `${shown.slice(0, MAX_SHOWN)}… (${shown.length} characters)` : shown;
  const { id, result, withdraw } = state.newConfirmation();
  await outlet.send(encodeRequest(id, "elicitation/create", {
    message: `The policy wants a person to allow this call: ${answer.decision.intent.toolName} ${cut}`,
    requestedSchema: {
      type: "object",
      properties: { allow: { type: "boolean", title: "Allow this call once", default: false } },
      required: ["allow"],
    },
  }));
  return {
    answer: result.then((given) => given && isAllowed(given)),
    async withdraw() {
      if (!withdraw()) return;
      await outlet.send(encodeNotification("notifications/cancelled", { requestId: id }));
    },
  };
}

function isAllowed({ action, content }: JsonObject): boolean {
  return action === "accept" && isJsonObject(content) && content["allow"] === true;
}
