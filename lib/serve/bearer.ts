import { utf8 } from "../formats/bytes.ts";
import { trim } from "../formats/text.ts";

/** A shorter token can be guessed. */
export const LEAST_TOKEN = 16;

/** Checks whether an `Authorization` header has the token. */
export type CheckBearer = (authorization: string | undefined) => Promise<boolean>;

/**
 * Make a check of bearer tokens that resists timing attacks: it compares digests, always all bytes, so that its
 * duration reveals neither the length of the token nor how much of a guess was right.
 */
export async function bearerCheck(token: string): Promise<CheckBearer> {
  const wanted = await digest(token);
  return async (authorization) => {
    const given = trim(authorization ?? "");
    if (!given.startsWith("Bearer")) return false;
    const found = await digest(trim(given.slice("Bearer".length)));
    let difference = 0;
    for (const [i, byte] of wanted.entries()) difference |= byte ^ found[i]!;
    return difference === 0;
  };
}

async function digest(text: string): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", utf8(text)));
}
