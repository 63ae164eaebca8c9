import { cutToSeconds } from "../formats/time.ts";
import { mintApproval } from "../gate/authority/mint.ts";
import { SINGLE_USE } from "../gate/authority/required_scope.ts";
import { writeToken } from "../gate/authority/write_token.ts";
import { trim } from "../gate/text.ts";
import { loadSigningKey } from "../signing/mod.ts";
import { bool, defineCommand, text } from "./define.ts";
import { keySources } from "./key_flags.ts";
import { mintFlags, scopeOf, ttlOf, ttlWarnings, wholeNumber } from "./mint_flags.ts";
import { compact, success } from "./outcome.ts";
import { columns, good, line, nextLines, warn } from "./text.ts";

/** `gait approve` (spec/tokens.md 2.1). */
export default defineCommand({
  explain: "Signs that a person lets one stopped call pass, under one policy and for a time.",
  flags: {
    "intent-digest": text("digest", "the call, as gate eval prints it"),
    "policy-digest": text("digest", "the policy, as gate eval prints it"),
    "delegation-binding-digest": text(
      "digest",
      "the delegation that the call acts under, as gate eval prints it",
    ),
    approver: text("identity", "who approves"),
    "reason-code": text("code", "why, e.g. the number of a change"),
    "max-targets": text("n", "at most so many targets; 0 for no bound", { default: "0" }),
    "max-ops": text("n", "at most so many operations; 0 for no bound", { default: "0" }),
    "single-use": bool("the token counts once"),
    ...mintFlags,
  },
  flagsFirst: true,
  needs: { read: true, write: true, env: true },
  examples: [
    "gait approve --intent-digest <digest> --policy-digest <digest> --scope tool:pay.send --ttl 30m " +
    "--approver dana --reason-code CHG-7 --key-mode prod --private-key dana_private.key",
  ],
  async run({ flags, world, version }) {
    const maxTargets = wholeNumber(flags["max-targets"], "--max-targets");
    const maxOps = wholeNumber(flags["max-ops"], "--max-ops");
    const ttl = ttlOf(flags.ttl);
    const scope = scopeOf(flags.scope);
    const { key, warnings } = await loadSigningKey(keySources(flags), world);
    const { token, file } = await mintApproval({
      intentDigest: flags["intent-digest"],
      policyDigest: flags["policy-digest"],
      bindingDigest: flags["delegation-binding-digest"],
      approver: flags.approver,
      reasonCode: flags["reason-code"],
      scope: flags["single-use"] ? [...scope, SINGLE_USE] : scope,
      maxTargets,
      maxOps,
      ttl,
      now: world.now(),
      producerVersion: version,
    }, key);
    const path = trim(flags.out) || `approval_${token.tokenId}.json`;
    await writeToken(world.files, path, file);
    const told = [...warnings, ...ttlWarnings(ttl)];
    const expires = cutToSeconds(token.expiresAt);
    return success(
      {
        token_id: token.tokenId,
        token_path: path,
        expires_at: expires,
        reason_code: token.reasonCode,
        scope: [...token.scope],
        ...compact({ max_targets: token.maxTargets, max_ops: token.maxOps, warnings: told }),
        key_id: token.signature.key_id,
        description: `${token.approver} approves intent ${token.intentDigest} until ${expires}`,
      },
      [
        line(good("approved"), `: ${path}`),
        ...columns([
          ["approver", token.approver],
          ["reason", token.reasonCode],
          ["scope", token.scope.join(", ")],
          ["expires", expires],
          ["key", token.signature.key_id],
        ]),
        ...told.map((warning) => line(warn("warning"), `: ${warning}`)),
        ...nextLines([`gait gate eval … --approval-token ${path} --approval-public-key <public.key>`]),
      ],
    );
  },
});
