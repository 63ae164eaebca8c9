import type { Files } from "../effects/types.ts";
import { timeOfMillis } from "../formats/time.ts";
import type { Evaluation } from "../evaluate/types.ts";
import type { Intent } from "../intent/types.ts";
import { isStrict, type Profile } from "./profile/profile.ts";
import type { DecisionOutcome } from "./decision_outcome.ts";
import { type CredentialOptions, requestCredential } from "./broker/ask.ts";
import type { BrokerEffects } from "./broker/config.ts";
import type { CredentialResult } from "./broker/credential.ts";
import { type CheckedApproval, SINGLE_USE, type TokenTrust, validTokens } from "../tokens/trust.ts";
import { applyApproval, applyCredential } from "./steps.ts";

/** The outcome after approval and credential. */
export interface GrantResult {
  readonly outcome: DecisionOutcome;
  /** The checked tokens; empty when no approval was required. */
  readonly approvals: readonly CheckedApproval[];
  readonly credential: CredentialResult;
}

/** Effects for granting. */
export interface GrantEffects extends BrokerEffects {
  readonly files: Files;
}

const NOT_ASKED: CredentialResult = { kind: "not_asked" };

/** An outcome without checking approvals and credentials. */
export function ungranted(outcome: DecisionOutcome): GrantResult {
  return { outcome, approvals: [], credential: NOT_ASKED };
}

/**
 * Check approvals, then get the credential, then mark single-use tokens as used (docs/spec/gate.md 4.3, items 10 and
 * 11).
 *
 * INVARIANT: tokens are marked as used last, when nothing else can change the verdict, and before the verdict is
 * returned. When two decisions race for one token, the ledger gives it to one of them.
 */
export async function grant(
  delegated: DecisionOutcome,
  checked: readonly CheckedApproval[],
  { intent, evaluation, simulate }: { intent: Intent; evaluation: Evaluation; simulate: boolean },
  { trust, credentials, profile }: { trust: TokenTrust; credentials: CredentialOptions; profile: Profile },
  effects: GrantEffects,
): Promise<GrantResult> {
  const needsApproval = delegated.verdict === "require_approval";
  let approvals = needsApproval ? checked : [];
  const singleUse = approvals.length > 0 ? singleUseOf(approvals, trust) : [];
  if (singleUse.length > 0) {
    const { approvalUses, findUsed } = await loadLedger();
    const used = await findUsed(effects.files, trust.ledger, await approvalUses(singleUse));
    approvals = withReplayed(approvals, used);
  }
  let credential = NOT_ASKED;
  for (;;) {
    const approved = applyApproval(delegated, approvals);
    const needed = evaluation.requireBrokerCredential && approved.verdict === "allow";
    if (!needed) credential = NOT_ASKED;
    else if (credential.kind === "not_asked" && !(simulate && credentials.broker.kind !== "off")) {
      credential = await requestCredential(
        credentials,
        intent,
        evaluation,
        effects,
        isStrict(profile, intent.context.riskClass),
      );
    }
    const outcome = applyCredential(approved, credential);
    const due = needsApproval && outcome.verdict === "allow" && !simulate
      ? singleUseOf(approvals, trust)
      : [];
    if (due.length === 0) return { outcome, approvals, credential };
    const { approvalUses, spend } = await loadLedger();
    const uses = await approvalUses(due);
    const lost = await spend(effects.files, trust.ledger, uses, timeOfMillis(effects.now()));
    if (lost.size === 0) return { outcome, approvals, credential };
    approvals = withReplayed(approvals, lost);
  }
}

/** Loaded only for single-use tokens. */
async function loadLedger() {
  return await import("../tokens/ledger.ts");
}

/** The valid single-use tokens: those with the mark, or all when the project makes every approval single-use. */
function singleUseOf(checked: readonly CheckedApproval[], { singleUse }: TokenTrust) {
  const due = validTokens(checked).filter((token) => singleUse || token.scope.includes(SINGLE_USE));
  // Copies of a token are one token.
  return [...new Map(due.map((token) => [token.tokenId, token])).values()];
}

function withReplayed(checked: readonly CheckedApproval[], used: ReadonlySet<string>): CheckedApproval[] {
  return checked.map((one) =>
    one.code === undefined && used.has(one.token.tokenId) ? { ...one, code: "approval_token_replayed" } : one
  );
}
