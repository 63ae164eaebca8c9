import type { Files } from "../effects/types.ts";
import { prettyJson } from "../formats/json/mod.ts";
import { joinPath, outputPath } from "../formats/path.ts";
import type { Rfc3339 } from "../formats/time.ts";
import { digestOf } from "../signing/mod.ts";
import { encodeUnsigned, type SayToken } from "./say_token.ts";

/*
 * The ledger of used say-tokens: one file each, named by the digest that is signed, created exclusively. So a copy or
 * another spelling is the same token, two processes can't both use it, and a use costs the same however many there
 * were. An entry may be removed once its token has run out.
 */

/**
 * Use up a token that was checked. It is on disk when this returns: a crash afterwards costs the use, never gives a
 * second one.
 *
 * @returns whether this was the first use
 * @throws {GaitError} `io_failure`, `invalid_input`: then nothing may be said
 */
export async function spendSayToken(
  files: Files,
  ledger: string,
  token: SayToken,
  now: Rfc3339,
): Promise<boolean> {
  const name = await digestOf(encodeUnsigned(token));
  const folder = joinPath(outputPath(ledger), name.slice(0, 3));
  await files.makeFolder(folder);
  const path = joinPath(folder, `${name}.json`);
  if (await files.stat(path) !== undefined) return false;
  try {
    await files.writeAtomic(path, encodeUse(token, now), { onlyNew: true });
  } catch (error) {
    // Somebody else was faster; any other failure is one.
    if (await files.stat(path) !== undefined) return false;
    throw error;
  }
  return true;
}

function encodeUse(token: SayToken, now: Rfc3339): Uint8Array<ArrayBuffer> {
  return prettyJson({
    schema_id: "gait.voice.say_token_use",
    schema_version: "1.0.0",
    used_at: now,
    token_id: token.token_id,
    call_id: token.call_id,
    turn_index: token.turn_index,
    call_seq: token.call_seq,
    expires_at: token.expires_at,
  });
}
