import type { Files } from "../effects/types.ts";
import { compareInstants, timeOfMillis } from "../formats/time.ts";
import { spend } from "../tokens/ledger.ts";
import { digestOf } from "../signing/mod.ts";
import { encodeUnsigned, type SayToken } from "./say_token.ts";

/**
 * Mark a verified token as used. The entry is durable when this returns, so that a crash can lose a use but never
 * permit a second one. The entry is named by the signed digest, so a copy or another spelling is the same token.
 *
 * @param clock milliseconds since 1970; it is asked again behind the wait for the ledger, which others can make long
 * @returns why the sentence must not be spoken; `undefined` for the first use of a token that is still good
 * @throws {GaitError} as {@linkcode spend} does; the sentence must not be spoken then
 */
export async function spendSayToken(
  files: Files,
  ledger: string,
  token: SayToken,
  clock: () => number,
): Promise<"say_token_replayed" | "say_token_expired" | undefined> {
  const { token_id, call_id, turn_index, call_seq, expires_at } = token;
  const use = {
    id: token_id,
    name: await digestOf(encodeUnsigned(token)),
    schemaId: "gait.voice.say_token_use",
    members: { token_id, call_id, turn_index, call_seq, expires_at },
  };
  const used = await spend(files, ledger, [use], timeOfMillis(clock()));
  if (used.size > 0) return "say_token_replayed";
  return compareInstants(timeOfMillis(clock()), expires_at) >= 0 ? "say_token_expired" : undefined;
}
