import { GaitError } from "../../errors/mod.ts";
import { cutToSeconds, timeOfMillis } from "../../formats/time.ts";
import { readJsonObject } from "../../formats/json/mod.ts";
import { checkDelegation } from "../../tokens/check_delegation.ts";
import { WHY_REJECTED } from "../../tokens/rejected.ts";
import { type DelegationToken, parseDelegationToken } from "../../tokens/delegation_token.ts";
import { MAX_TOKEN_BYTES } from "../../tokens/given_token.ts";
import { trimLower } from "../../formats/text.ts";
import { defineCommand, demand, list, path, required, text, trimmed } from "../define.ts";
import { keySources, verifyKeyFlags } from "../key_flags.ts";
import { namedKey } from "../named_key.ts";
import { compact, failure, success } from "../outcome.ts";
import { columns, good, line } from "../text.ts";

/** `gait delegate verify` (docs/spec/tokens.md 4.2). */
export default defineCommand({
  explain: "Verifies a delegation token: its signature, its lifetime, and what it must cover.",
  flags: {
    token: required(path("file", "the token")),
    ...verifyKeyFlags,
    delegator: demand(text("identity", "expected delegator")),
    delegate: demand(text("identity", "expected delegate")),
    scope: demand(list("list", "scopes of which the token must have one, separated by commas")),
    "intent-digest": demand(text("digest", "digest of the call; a token bound to another one is refused")),
    "policy-digest": demand(text("digest", "digest of the policy; a token bound to another one is refused")),
  },
  flagsFirst: true,
  needs: { read: true, env: true },
  examples: ["gait delegate verify --token delegation.json --public-key lead_public.key --delegate agent-7"],
  async run({ flags, effects }) {
    const key = await namedKey(keySources(flags), effects);
    const bytes = await effects.files.read(flags.token, MAX_TOKEN_BYTES);
    const what = `token "${flags.token}"`;
    const token = parseDelegationToken(readJsonObject(bytes, { what, signed: true }), what);
    const code = await checkDelegation(token, {
      delegator: trimmed(flags.delegator),
      delegate: trimmed(flags.delegate),
      requiredScope: flags.scope.map(trimLower),
      intentDigest: flags["intent-digest"] && trimLower(flags["intent-digest"]),
      policyDigest: flags["policy-digest"] && trimLower(flags["policy-digest"]),
      now: timeOfMillis(effects.now()),
      key,
    });
    const named = { ...compact({ token_id: token.written.tokenId }), token_path: flags.token };
    if (code !== undefined) {
      const error = new GaitError("verification_failed", `Delegation token is invalid: ${code}`, {
        hint: `It does not count: ${WHY_REJECTED[code]}`,
      });
      return failure(error, { ...named, error_code: code });
    }
    return success({ ...named, ...describe(token) }, [
      line(good("delegation token ok"), `: ${flags.token}`),
      ...columns([
        ["delegator", token.written.delegator],
        ["delegate", token.written.delegate],
        ["scope", token.written.scope.join(", ")],
        ["expires", token.expiresAt],
      ]),
    ]);
  },
});

/** The token as JSON, with the values of its file. */
function describe({ written, expiresAt, signature }: DelegationToken) {
  return {
    delegator_identity: written.delegator,
    delegate_identity: written.delegate,
    scope: [...written.scope],
    expires_at: cutToSeconds(expiresAt),
    ...compact({ scope_class: written.scopeClass, key_id: signature?.key_id }),
    description: `${written.delegate} may act for ${written.delegator} until ${expiresAt}`,
  };
}
