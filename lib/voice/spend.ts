import type { Files } from "../effects/types.ts";
import type { Rfc3339 } from "../formats/time.ts";
import { spend } from "../tokens/ledger.ts";
import { digestOf } from "../signing/mod.ts";
import { encodeUnsigned, type SayToken } from "./say_token.ts";

/**
 * Use up a token that was checked. It is on disk when this returns: a crash afterwards costs the use, never gives a
 * second one. The entry is named by the digest that is signed, so a copy or another spelling is the same token.
 *
 * @returns whether this was the first use
 * @throws {GaitError} as {@linkcode spend} does: then nothing may be said
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
