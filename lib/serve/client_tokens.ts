import { bearerCheck, type CheckBearer } from "./bearer.ts";

/** A token that a client may show, and who shows it. */
export interface ClientToken {
  /** Absent where the token says nothing about that. */
  readonly identity: string | undefined;
  readonly token: string;
}

/** The identity of the token in an `Authorization` header, where it has one. */
export type IdentityOf = (authorization: string | undefined) => Promise<string | undefined>;

/** The tokens that clients may show. */
export interface ClientTokens {
  /** Whether a header has one of them. */
  readonly check: CheckBearer;
  readonly identityOf: IdentityOf;
}

/** Make the check of several tokens; all are compared, so that its duration does not say which one was meant. */
export async function clientTokens(tokens: readonly ClientToken[]): Promise<ClientTokens> {
  const checks = await Promise.all(
    tokens.map(async ({ identity, token }) => ({ identity, check: await bearerCheck(token) })),
  );
  const find = async (authorization: string | undefined) => {
    const found = await Promise.all(checks.map(({ check }) => check(authorization)));
    return checks.find((_one, i) => found[i]);
  };
  return {
    check: async (authorization) => await find(authorization) !== undefined,
    identityOf: async (authorization) => (await find(authorization))?.identity,
  };
}
