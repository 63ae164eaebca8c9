import { cutToSeconds } from "../../formats/time.ts";
import { mintDelegation, ttlWarnings } from "../../tokens/mint.ts";
import { writeToken } from "../../tokens/write_token.ts";
import { DELEGATION_TOKEN_SCHEMA_ID } from "../../schema/tokens.ts";
import { loadSigningKey } from "../../signing/mod.ts";
import { defineCommand, required, text, trimmed } from "../define.ts";
import { keepInputs, noteReads } from "../inputs.ts";
import { keySources } from "../key_flags.ts";
import { mintFlags } from "../mint_flags.ts";
import { mintedLines } from "../minted.ts";
import { compact, success } from "../outcome.ts";
import { pathArgument } from "../../formats/shell.ts";
import { nextLines } from "../text.ts";

/** `gait delegate mint` (docs/spec/tokens.md 4.1). */
export default defineCommand({
  explain:
    "Signs a delegation token: one agent may act in the name of another, for a scope and a limited time.",
  flags: {
    delegator: required(text("identity", "who delegates")),
    delegate: required(text("identity", "who may act")),
    "scope-class": text("class", "class of permitted operations, e.g. write"),
    "intent-digest": text("digest", "bind the token to this call"),
    "policy-digest": text("digest", "bind the token to this policy"),
    ...mintFlags,
    scope: required(mintFlags.scope),
  },
  flagsFirst: true,
  needs: { read: true, write: true, env: true },
  examples: [
    "gait delegate mint --delegator lead --delegate agent-7 --scope pay --ttl 1h --key-mode prod " +
    "--private-key lead_private.key",
  ],
  async run({ flags, effects: given, version }) {
    const { effects, read } = noteReads(given);
    const { key, warnings, freshKey } = await loadSigningKey(keySources(flags), effects);
    const { token, file } = await mintDelegation(
      {
        delegator: flags.delegator,
        delegate: flags.delegate,
        scope: flags.scope,
        scopeClass: flags["scope-class"],
        intentDigest: flags["intent-digest"],
        policyDigest: flags["policy-digest"],
        ttl: flags.ttl,
      },
      key,
      { now: effects.now(), producerVersion: version },
    );
    const path = trimmed(flags.out) ?? `delegation_${token.tokenId}.json`;
    await keepInputs(effects.files, path, read);
    await writeToken(effects.files, path, file, { kind: DELEGATION_TOKEN_SCHEMA_ID });
    const reported = [...warnings, ...ttlWarnings(flags.ttl)];
    const expires = cutToSeconds(token.expiresAt);
    return success(
      {
        token_id: token.tokenId,
        token_path: path,
        delegator_identity: token.delegator,
        delegate_identity: token.delegate,
        scope: [...token.scope],
        ...compact({ scope_class: token.scopeClass, warnings: reported }),
        expires_at: expires,
        key_id: token.signature.key_id,
        ...compact({ public_key: freshKey }),
        description: `${token.delegate} may act for ${token.delegator} until ${expires}`,
      },
      [
        ...mintedLines(
          "delegation token ok",
          path,
          [["delegator", token.delegator], ["delegate", token.delegate]],
          token,
          reported,
        ),
        ...nextLines([`gait delegate verify --token ${pathArgument(path)} --public-key <public.key>`]),
      ],
    );
  },
});
