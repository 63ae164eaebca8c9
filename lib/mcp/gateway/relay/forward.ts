import { GaitError } from "../../../errors/mod.ts";
import type { JsonObject } from "../../../formats/json/mod.ts";
import type { RequestMessage } from "../codec/message.ts";
import { ID, OWN_PROGRESS_TOKEN } from "../codec/scan.ts";
import { type Replacement, spliced } from "../codec/splice.ts";
import { goneReply } from "../decision/block.ts";
import { endUnanswered, isWaiting } from "./pending.ts";
import { comparedList } from "./shown_list.ts";
import type { RelayState } from "./state.ts";
import type { Pending } from "./types.ts";

/** Forward a request that may happen, unless it was given up meanwhile. */
export async function forwardRequest(
  state: RelayState,
  message: RequestMessage,
  pending: Pending,
): Promise<void> {
  if (!isWaiting(state, pending)) return;
  const answerGone = async () => {
    endUnanswered(state, pending);
    await pending.outlet.answer(goneReply(pending.id));
  };
  if (state.hasServerEnded) return await answerGone();
  pending.forwarded = true;
  if (comparedList(pending, state)) state.beginComparing(pending);
  try {
    await state.context.upstream.send(bytesOf(state, message, pending), {
      outlet: pending.outlet,
      method: message.method,
      id: pending.upstreamId,
      named: namedBy(message.params),
      headers: pending.upstreamHeaders,
      stateless: pending.revision.stateless,
    });
  } catch (error) {
    if (!(error instanceof GaitError)) throw error;
    if (isWaiting(state, pending)) await answerGone();
  }
}

/** INVARIANT: what is forwarded are the bytes that were decided; for shared servers, but for id and progress token. */
function bytesOf(
  state: RelayState,
  { bytes, text, scan: { ranges } }: RequestMessage,
  pending: Pending,
): Uint8Array {
  if (!state.context.options.shared) return bytes;
  const replacements: Replacement[] = [{ range: ranges.get(ID)!, value: pending.upstreamId }];
  const token = ranges.get(OWN_PROGRESS_TOKEN);
  if (token && pending.upstreamToken !== undefined) {
    replacements.push({ range: token, value: pending.upstreamToken });
  }
  return spliced(text, replacements);
}

/** What a request names, which headers of the stateless revision repeat. */
function namedBy({ name, uri, taskId }: JsonObject): string | undefined {
  return [name, uri, taskId].find((value) => typeof value === "string") as string | undefined;
}
