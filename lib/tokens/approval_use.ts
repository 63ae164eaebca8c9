import { utf8 } from "../formats/bytes.ts";
import { sha256 } from "../signing/mod.ts";
import type { ApprovalToken } from "./approval_token.ts";
import type { TokenUse } from "./ledger.ts";

/** The uses of approvals, as the ledger keeps them: named by the digest of the token's id. */
export async function approvalUses(tokens: readonly ApprovalToken[]): Promise<TokenUse[]> {
  return await Promise.all(tokens.map(async (token) => ({
    id: token.tokenId,
    name: await sha256(utf8(token.tokenId)),
    schemaId: "gait.gate.approval_use",
    members: {
      token_id: token.tokenId,
      approver_identity: token.approver,
      intent_digest: token.intentDigest,
      policy_digest: token.policyDigest,
      expires_at: token.expiresAt,
    },
  })));
}
