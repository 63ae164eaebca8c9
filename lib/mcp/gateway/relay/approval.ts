import type { GatewayAnswer } from "../decision/answer.ts";
import type { GivenToken } from "../../../tokens/given_token.ts";
import type { FoundToken } from "../../approvals/folder.ts";
import { encodeNotification } from "../codec/reply.ts";
import type { Pending, RelayContext } from "./types.ts";

/** Milliseconds between two looks for an approval. */
const LOOK_EVERY = 250;

/** Milliseconds between two reports of progress. */
const REPORT_EVERY = 5_000;

/** A call that a policy stopped for an approval. */
export interface StoppedRequest {
  readonly pending: Pending;
  readonly answer: GatewayAnswer;
  /** The tokens that it was decided with. */
  readonly tried: readonly FoundToken[];
  /** Decide it again. */
  decide(
    more: { readonly approvals: readonly GivenToken[]; readonly confirmation: string | undefined },
  ): Promise<GatewayAnswer>;
}

/**
 * Wait until somebody approves a call (docs/spec/mcp.md 10.7). The client hears of the wait, so that it does not give up.
 *
 * @returns whether the call may happen
 * @throws {GaitError} when it can't be decided again
 */
export async function awaitApproval(
  { pending, answer, tried: given, decide }: StoppedRequest,
  context: Pick<RelayContext, "options" | "hooks" | "after" | "now" | "notify">,
): Promise<boolean> {
  const { approvalWait } = context.options;
  if (!context.hooks.approvals || approvalWait <= 0) return false;
  const started = context.now();
  let ended = false;
  let callOff: () => void = () => {};
  let wake: () => void = () => {};
  pending.cancel = () => {
    ended = true;
    callOff();
    wake();
  };
  let reports = 0;
  let tried = marksOf(given);
  try {
    for (;;) {
      if (ended || pending.cancelled) return false;
      const waited = context.now() - started;
      if (waited >= approvalWait) return false;
      if (Math.floor(waited / REPORT_EVERY) > reports) {
        reports++;
        await report(pending, waited);
      }
      const tokens = await findApprovals(answer, context);
      const marks = marksOf(tokens);
      // Decided again only when there is another token: each decision has a trace.
      if (marks !== tried) {
        tried = marks;
        const again = await decide({ approvals: tokens, confirmation: undefined });
        await clearApprovals(again, context);
        const { verdict } = again.decision.outcome;
        if (verdict === "allow") return true;
        // No approval lets it pass any more: the policy or the tool is another one by now.
        if (verdict !== "require_approval") return false;
      }
      await new Promise<void>((resolve) => {
        wake = resolve;
        callOff = context.after(Math.min(LOOK_EVERY, approvalWait - waited), resolve);
      });
    }
  } finally {
    delete pending.cancel;
  }
}

/** What tells tokens from others; one that was put down again under the same name is another. */
function marksOf(tokens: readonly FoundToken[]): string {
  return tokens.map(({ name, version }) => `${name}\t${version}`).join("\n");
}

/** The tokens that people put down for a call. */
export async function findApprovals(
  { decision: { intentDigest, policyDigest } }: GatewayAnswer,
  { hooks, notify }: Pick<RelayContext, "hooks" | "notify">,
): Promise<readonly FoundToken[]> {
  if (!hooks.approvals) return [];
  const { tokens, warnings } = await hooks.approvals.find({ intentDigest, policyDigest });
  for (const warning of warnings) notify(warning);
  return tokens;
}

/** The tokens that let a call pass are used up. */
export async function clearApprovals(
  { decision: { outcome } }: GatewayAnswer,
  { hooks }: Pick<RelayContext, "hooks">,
): Promise<void> {
  if (outcome.verdict !== "allow" || outcome.approvalRef === undefined) return;
  await hooks.approvals?.clear(outcome.approvalRef.split(","));
}

/** Progress must grow, and what the server reports later must be more: a small fraction of a second's count. */
async function report({ outlet, progressToken }: Pending, waited: number): Promise<void> {
  if (progressToken === undefined) return;
  await outlet.send(encodeNotification("notifications/progress", {
    progressToken,
    progress: waited / 1e9,
    message: "Waiting for an approval",
  }));
}
