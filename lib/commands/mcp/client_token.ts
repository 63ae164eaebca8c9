import type { Effects } from "../../effects/mod.ts";
import { invalidInput } from "../../errors/mod.ts";
import { trim } from "../../formats/text.ts";
import type { ClientToken } from "../../serve/client_tokens.ts";

/**
 * The tokens that clients may show, as `--auth-token-env` names them: `<identity>=<variable>`, or a variable.
 *
 * @throws {GaitError} `invalid_input`, also when one token would stand for two callers
 */
export function clientTokensOf(named: readonly string[], effects: Pick<Effects, "env">): ClientToken[] {
  const tokens = named.map((given) => clientToken(given, effects));
  if (new Set(tokens.map(({ token }) => token)).size === tokens.length) return tokens;
  throw invalidInput("Cannot use --auth-token-env: two of its variables hold the same token");
}

function clientToken(given: string, effects: Pick<Effects, "env">): ClientToken {
  const at = given.indexOf("=");
  const identity = at < 0 ? undefined : trim(given.slice(0, at));
  if (identity === "") throw invalidInput(`Cannot use --auth-token-env "${given}": the identity is empty`);
  return { identity, token: tokenOf(given.slice(at + 1), "--auth-token-env", effects) };
}

/**
 * The token in a variable, without the white space around it.
 *
 * @throws {GaitError} `invalid_input` when there is none
 */
export function tokenOf(variable: string, flag: string, { env }: Pick<Effects, "env">): string {
  const token = trim(env.get(trim(variable)) ?? "");
  if (token !== "") return token;
  throw invalidInput(`Cannot use ${flag}: variable "${trim(variable)}" is empty or not set`);
}
