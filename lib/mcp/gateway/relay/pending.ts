import { isJsonObject, type JsonObject, without } from "../../../formats/json/mod.ts";
import type { RequestMessage } from "../codec/message.ts";
import { CAPABILITIES_KEY, CLIENT_INFO_KEY, VERSION_KEY } from "../protocol/era.ts";
import type { RelayState } from "./state.ts";
import type { Pending } from "./types.ts";

/** A request of a client, with the ids that the server gets. */
export function pendingOf(
  state: RelayState,
  { id, method, params }: RequestMessage,
  about: Pick<Pending, "outlet" | "identity" | "revision" | "paramHeaders">,
): Pending {
  const { shared } = state.context.options;
  const meta = params["_meta"];
  const token = isJsonObject(meta) ? meta["progressToken"] : undefined;
  const progressToken = typeof token === "string" || typeof token === "number" ? token : undefined;
  const upstreamId = shared ? state.nextNumber() : id;
  return {
    id,
    upstreamId,
    method,
    progressToken,
    upstreamToken: progressToken !== undefined && shared ? upstreamId : progressToken,
    clientMeta: about.revision.stateless ? clientMeta(params) : undefined,
    ...about,
  };
}

/** What a request of the stateless revision says about its client. */
function clientMeta(params: JsonObject): JsonObject {
  const meta = isJsonObject(params["_meta"]) ? params["_meta"] : {};
  const kept = [VERSION_KEY, CAPABILITIES_KEY, CLIENT_INFO_KEY];
  return without(meta, ...Object.keys(meta).filter((key) => !kept.includes(key)));
}

/** End the wait for a person; a request that was not forwarded is forgotten. */
export function giveUp(state: RelayState, pending: Pending): void {
  pending.cancel?.();
  if (pending.forwarded) return;
  pending.cancelled = true;
  state.requests.take(pending.upstreamId);
  pending.outlet.dropped();
}

/** No answer of the server comes, or none that can be used: the request waits no more, and its evidence says so. */
export function endUnanswered(state: RelayState, pending: Pending): void {
  state.requests.take(pending.upstreamId);
  state.endComparing(pending);
  if (pending.entry) state.context.log.ended(pending.entry, { status: "error", outputDigest: "" });
}

/** A server does not answer what was cancelled; the request must not wait for ever. */
export function abandon(state: RelayState, pending: Pending): void {
  endUnanswered(state, pending);
  pending.outlet.dropped();
}

/** Whether a request still waits; its id may have been used again after it was given up. */
export function isWaiting(state: RelayState, pending: Pending): boolean {
  return !pending.cancelled && state.requests.get(pending.upstreamId) === pending;
}
