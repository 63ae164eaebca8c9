import type { Files } from "../effects/types.ts";
import type { Rfc3339 } from "../formats/time.ts";
import { spend } from "../tokens/ledger.ts";
import { digestOf } from "../signing/mod.ts";
import { encodeUnsigned, type SayToken } from "./say_token.ts";

/**
 * Mark a verified token as used. The entry is durable when this returns, so that a crash can lose a use but never
 * permit a second one. The entry is named by the signed digest, so a copy or another spelling is the same token.
 *
 * @returns whether this was the first use
 * @throws {GaitError} as {@linkcode spend} does; the sentence must not be spoken then
 */
export async function spendSayToken(
  files: Files,
  ledger: string,
  token: SayToken,
  now: Rfc3339,
): Promise<boolean> {
  const { token_id, call_id, turn_index, call_seq, expires_at } = token;
  const use = {
    id: token_id,
    name: await digestOf(encodeUnsigned(token)),
    schemaId: "gait.voice.say_token_use",
    members: { token_id, call_id, turn_index, call_seq, expires_at },
  };
  return (await spend(files, ledger, [use], now)).size === 0;
}
