import { bearerCheck } from "../../../serve/bearer.ts";

/** A token that a client may show, and who shows it. */
export interface ClientToken {
  /** Absent where the token says nothing about that. */
  readonly identity: string | undefined;
  readonly token: string;
}

/** Finds out who shows a token. */
export interface ClientTokens {
  /** Whether a header has one of the tokens. */
  check(authorization: string | undefined): Promise<boolean>;
  identityOf(authorization: string | undefined): Promise<string | undefined>;
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
