import type { Answer } from "../../../gate/answer.ts";
import type { GivenToken } from "../../../tokens/given_token.ts";
import { encodeNotification } from "../codec/reply.ts";
import type { Pending, RelayContext } from "./types.ts";

/** Milliseconds between two looks for an approval. */
const LOOK_EVERY = 250;

/** Milliseconds between two reports of progress. */
const REPORT_EVERY = 5_000;

/** A call that a policy stopped for an approval. */
export interface StoppedRequest {
  readonly pending: Pending;
  readonly answer: Answer;
  /** Decide it again. */
  decide(
    more: { readonly approvals: readonly GivenToken[]; readonly confirmation: string | undefined },
  ): Promise<Answer>;
}

/**
 * Wait until somebody approves a call (docs/spec/mcp.md 10.7). The client hears of the wait, so that it does not give up.
 *
 * @returns whether the call may happen
 * @throws {GaitError} when it can't be decided again
 */
export async function awaitApproval(
  { pending, answer, decide }: StoppedRequest,
  context: Pick<RelayContext, "options" | "hooks" | "after" | "now">,
): Promise<boolean> {
  const { approvals } = context.hooks;
  const { approvalWait } = context.options;
  if (!approvals || approvalWait <= 0) return false;
  const started = context.now();
  let given = false;
  let callOff: () => void = () => {};
  let wake: () => void = () => {};
  pending.cancel = () => {
    given = true;
    callOff();
    wake();
  };
  let reports = 0;
  try {
    for (;;) {
      if (given || pending.cancelled) return false;
      const waited = context.now() - started;
      if (waited >= approvalWait) return false;
      if (Math.floor(waited / REPORT_EVERY) > reports) {
        reports++;
        await report(pending, waited);
      }
      const tokens = await approvals.take(answer.decision.intentDigest);
      if (tokens.length > 0) {
        const again = await decide({ approvals: tokens, confirmation: undefined });
        if (again.decision.outcome.verdict === "allow") return true;
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

/** Progress must grow, and what the server reports later must be more: a small fraction of a second's count. */
async function report({ outlet, progressToken }: Pending, waited: number): Promise<void> {
  if (progressToken === undefined) return;
  await outlet.send(encodeNotification("notifications/progress", {
    progressToken,
    progress: waited / 1e9,
    message: "Waiting for an approval",
  }));
}
