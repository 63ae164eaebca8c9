import { hex } from "../formats/bytes.ts";
import { trim } from "../formats/text.ts";
import { bearerCheck, type CheckBearer } from "../serve/bearer.ts";

/** The secrets that let a page use the API. */
export interface UiTokens {
  /** The token that the page sends with every request. */
  readonly check: CheckBearer;
  /**
   * A code for the fragment of the page's address. The page exchanges it for the token, once: whoever finds the address
   * later, in a history or among the arguments of a process, has nothing.
   */
  readonly issueCode: () => string;
  /** Exchange a code, given as an `Authorization` header, for the token. */
  readonly redeem: (authorization: string | undefined) => Promise<string | undefined>;
}

/** Most codes that wait to be exchanged. */
const MAX_CODES = 16;

/**
 * Make the tokens of one server.
 *
 * @param given a token that the user chose; a random one otherwise
 */
export async function makeTokens(
  random: (length: number) => Uint8Array<ArrayBuffer>,
  given?: string,
): Promise<UiTokens> {
  const token = given ?? hex(random(32));
  const codes: { readonly check: CheckBearer }[] = [];
  const checkToken = await bearerCheck(token);
  return {
    check: checkToken,
    issueCode() {
      const code = hex(random(16));
      const check = bearerCheck(code);
      codes.push({ check: async (authorization) => await (await check)(authorization) });
      if (codes.length > MAX_CODES) codes.shift();
      return code;
    },
    async redeem(authorization) {
      if (trim(authorization ?? "") === "") return undefined;
      for (const code of [...codes]) {
        if (!await code.check(authorization)) continue;
        const at = codes.indexOf(code);
        if (at < 0) return undefined; // somebody was faster
        codes.splice(at, 1);
        return token;
      }
      return undefined;
    },
  };
}
