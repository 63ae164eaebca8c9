import { isJsonObject } from "../../../formats/json/mod.ts";
import type { NotificationMessage, ResponseMessage } from "../codec/message.ts";
import {
  ID,
  PROGRESS_TOKEN,
  RESULT_SUBSCRIPTION_ID,
  SUBSCRIPTION_ID,
  SUBSCRIPTION_ID_KEY,
} from "../codec/scan.ts";
import { type Replacement, spliced } from "../codec/splice.ts";
import type { RelayState } from "./state.ts";
import type { Pending } from "./types.ts";

/*
 * Whom a message of the server is for, and its bytes with the ids of that client. Where several clients share a server,
 * ids and progress tokens are the gateway's on one side and the client's on the other.
 */

/** The request that a notification is about. */
export function addresseeOf(
  state: RelayState,
  { method, params }: NotificationMessage,
): Pending | undefined {
  const meta = params["_meta"];
  const subscription = isJsonObject(meta) ? meta[SUBSCRIPTION_ID_KEY] : undefined;
  if (typeof subscription === "string" || typeof subscription === "number") {
    return state.requests.get(subscription);
  }
  if (method !== "notifications/progress") {
    const [only, other] = state.requests.size > 2 ? [] : state.requests.values();
    return state.context.options.shared && only && !other ? only : undefined;
  }
  const token = params["progressToken"];
  if (state.context.options.shared) {
    return typeof token === "number" ? state.requests.get(token) : undefined;
  }
  return state.requests.values().find(({ upstreamToken }) =>
    upstreamToken !== undefined && upstreamToken === token
  );
}

/** The answer to a request, for the client that made it. */
export function answerBytes(
  state: RelayState,
  { bytes, text, scan: { ranges } }: ResponseMessage,
  pending: Pending,
): Uint8Array {
  if (!state.context.options.shared) return bytes;
  const replacements: Replacement[] = [{ range: ranges.get(ID)!, value: pending.id }];
  const subscription = ranges.get(RESULT_SUBSCRIPTION_ID);
  if (subscription) replacements.push({ range: subscription, value: pending.id });
  return spliced(text, replacements);
}

/** A notification about a request, for the client that made it. */
export function notificationBytes(
  { text, scan: { ranges } }: NotificationMessage,
  owner: Pending,
): Uint8Array {
  const replacements: Replacement[] = [];
  const subscription = ranges.get(SUBSCRIPTION_ID);
  if (subscription) replacements.push({ range: subscription, value: owner.id });
  const token = ranges.get(PROGRESS_TOKEN);
  if (token && owner.progressToken !== undefined) {
    replacements.push({ range: token, value: owner.progressToken });
  }
  return spliced(text, replacements);
}
