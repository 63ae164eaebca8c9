import { GaitError, invalidInput } from "../../../lib/errors/mod.ts";
import { unavailable } from "./transport.ts";
import type { GateAnswer } from "./types.ts";

/** The longest wait that timers have. */
export const LONGEST = 2 ** 31 - 1;

/** Below it, milliseconds may have been meant as seconds. */
const SECOND = 1_000;

/** Milliseconds to wait, checked. */
export function positive(timeout: number): number {
  if (timeout > 0 && Number.isFinite(timeout)) return timeout;
  throw invalidInput(`Cannot wait for ${timeout} ms: expected a number above zero`, {
    hint: "Give milliseconds, such as timeout: 30000",
  });
}

/** The error of a call whose deadline passed. */
export function tooLate(timeout: number): GaitError {
  return unavailable(
    "timeout",
    `The gate did not answer within ${Math.round(timeout)} ms`,
    timeout < SECOND
      ? "A timeout is in milliseconds, such as timeout: 30000"
      : "Give more time as timeout, or see what slows the gate",
  );
}

/** The decision, if it was made by the policy that the caller expects. */
export function expectPolicy(decision: GateAnswer, expected: string | undefined): GateAnswer {
  if (expected === undefined || decision.policyDigest === expected) return decision;
  throw new GaitError(
    "verification_failed",
    `Decided by the policy ${decision.policyDigest}, not by ${expected}`,
    { hint: "Look who changed the policy; if that was meant, give the new digest as expectPolicyDigest" },
  );
}
