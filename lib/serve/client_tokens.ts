import { bearerCheck, type CheckBearer } from "./bearer.ts";

/** A token that a client may show, and who shows it. */
export interface ClientToken {
  /** Absent where the token says nothing about that. */
  readonly identity: string | undefined;
  readonly token: string;
}

/** The identity of the token in an `Authorization` header, where it has one. */
export type IdentityOf = (authorization: string | undefined) => Promise<string | undefined>;

/** Who shows a token. */
export interface TokenHolder {
  readonly identity: string | undefined;
  /** Whom a session that the token opened belongs to: all tokens of the identity, or a token without one alone. */
  readonly owner: string;
}

/** The tokens that clients may show. */
export interface ClientTokens {
  /** Whether a header has one of them. */
  readonly check: CheckBearer;
  readonly identityOf: IdentityOf;
  /** Who shows the token in an `Authorization` header; `undefined` for one that is not known. */
  readonly holderOf: (authorization: string | undefined) => Promise<TokenHolder | undefined>;
}

/** Make the check of several tokens; all are compared, so that its duration does not say which one was meant. */
export async function clientTokens(tokens: readonly ClientToken[]): Promise<ClientTokens> {
  const checks = await Promise.all(
    tokens.map(async ({ identity, token }, place) => ({
      identity,
      owner: identity === undefined ? `token ${place}` : `identity ${identity}`,
      check: await bearerCheck(token),
    })),
  );
  const find = async (authorization: string | undefined) => {
    const found = await Promise.all(checks.map(({ check }) => check(authorization)));
    return checks.find((_one, i) => found[i]);
  };
  return {
    check: async (authorization) => await find(authorization) !== undefined,
    identityOf: async (authorization) => (await find(authorization))?.identity,
    holderOf: find,
  };
}
