import type { Files } from "../effects/types.ts";
import { timeOfMillis } from "../formats/time.ts";
import type { Evaluation } from "../evaluate/types.ts";
import type { Intent } from "../intent/types.ts";
import { isStrict, type Profile } from "./profile/profile.ts";
import type { DecisionOutcome } from "./decision_outcome.ts";
import { askCredential, type CredentialOptions } from "./broker/ask.ts";
import type { BrokerEffects } from "./broker/config.ts";
import type { CredentialAnswer } from "./broker/credential.ts";
import { type CheckedApproval, SINGLE_USE, type TokenTrust, validTokens } from "../tokens/trust.ts";
import { applyApproval, applyCredential } from "./steps.ts";

/** What approval and credential came to. */
export interface Granted {
  readonly outcome: DecisionOutcome;
  /** The tokens that were looked at; none when approval was not in question. */
  readonly approvals: readonly CheckedApproval[];
  readonly credential: CredentialAnswer;
}

/** What granting needs from outside. */
export interface GrantEffects extends BrokerEffects {
  readonly files: Files;
}

const NOT_ASKED: CredentialAnswer = { kind: "not_asked" };

/** A outcome that nobody was asked to approve. */
export function ungranted(outcome: DecisionOutcome): Granted {
  return { outcome, approvals: [], credential: NOT_ASKED };
}

/**
 * Approve, then get the credential, then use up the tokens that count once (docs/spec/gate.md 4.3, items 10 and 11).
 *
 * INVARIANT: tokens are used up last, when nothing else can turn the verdict, and before anybody learns of it. Two
 * decisions that raced for one token both come here; the ledger gives it to one of them.
 */
export async function grant(
  delegated: DecisionOutcome,
  checked: readonly CheckedApproval[],
  { intent, evaluation, simulate }: { intent: Intent; evaluation: Evaluation; simulate: boolean },
  { trust, credentials, profile }: { trust: TokenTrust; credentials: CredentialOptions; profile: Profile },
  effects: GrantEffects,
): Promise<Granted> {
  const inQuestion = delegated.verdict === "require_approval";
  let approvals = inQuestion ? checked : [];
  const once = approvals.length > 0 ? singleUseOf(approvals, trust) : [];
  if (once.length > 0) {
    const { approvalUses, findUsed } = await loadLedger();
    const used = await findUsed(effects.files, trust.ledger, await approvalUses(once));
    approvals = withReplayed(approvals, used);
  }
  let credential = NOT_ASKED;
  for (;;) {
    const approved = applyApproval(delegated, approvals);
    const needed = evaluation.requireBrokerCredential && approved.verdict === "allow";
    if (!needed) credential = NOT_ASKED;
    else if (credential.kind === "not_asked" && !(simulate && credentials.broker.kind !== "off")) {
      credential = await askCredential(
        credentials,
        intent,
        evaluation,
        effects,
        isStrict(profile, intent.context.riskClass),
      );
    }
    const outcome = applyCredential(approved, credential);
    const due = inQuestion && outcome.verdict === "allow" && !simulate ? singleUseOf(approvals, trust) : [];
    if (due.length === 0) return { outcome, approvals, credential };
    const { approvalUses, spend } = await loadLedger();
    const uses = await approvalUses(due);
    const lost = await spend(effects.files, trust.ledger, uses, timeOfMillis(effects.now()));
    if (lost.size === 0) return { outcome, approvals, credential };
    approvals = withReplayed(approvals, lost);
  }
}

/** Loaded only when a token counts once. */
async function loadLedger() {
  return await import("../tokens/ledger.ts");
}

/** The valid tokens that count once: those that say so, or all when the project says so. */
function singleUseOf(checked: readonly CheckedApproval[], { singleUse }: TokenTrust) {
  const due = validTokens(checked).filter((token) => singleUse || token.scope.includes(SINGLE_USE));
  // A copy of a token is the same token.
  return [...new Map(due.map((token) => [token.tokenId, token])).values()];
}

function withReplayed(checked: readonly CheckedApproval[], used: ReadonlySet<string>): CheckedApproval[] {
  return checked.map((one) =>
    one.code === undefined && used.has(one.token.tokenId) ? { ...one, code: "approval_token_replayed" } : one
  );
}
