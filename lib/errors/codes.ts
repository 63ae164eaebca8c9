/** Exit statuses of the executable (docs/spec/core.md 3.4). */
export const EXIT = {
  ok: 0,
  internal: 1,
  verificationFailed: 2,
  policyBlocked: 3,
  approvalRequired: 4,
  regressFailed: 5,
  invalidInput: 6,
  dependencyMissing: 7,
  unsafeOperation: 8,
} as const;

/** One of the nine documented exit statuses. */
export type ExitStatus = typeof EXIT[keyof typeof EXIT];

/** Why a command failed; a closed set. */
export type ErrorCode =
  | "invalid_input"
  | "verification_failed"
  | "policy_blocked"
  | "approval_required"
  | "regress_failed"
  | "dependency_missing"
  | "unsafe_operation"
  | "internal_failure"
  | "io_failure"
  | "state_contention"
  | "network_transient"
  | "network_permanent";

/** What a code means to the caller: exit status, category, whether a retry can succeed, and a general hint. */
export interface ErrorMeaning {
  readonly exit: ExitStatus;
  readonly category: string;
  readonly retryable: boolean;
  readonly hint: string;
}

const RETRY = "Check the environment and the logs, then try again";

/** The meaning of every code (docs/spec/core.md 3.3). */
export const MEANING: Readonly<Record<ErrorCode, ErrorMeaning>> = {
  invalid_input: meaning(EXIT.invalidInput, "invalid_input", "Check the usage and the format of the input"),
  verification_failed: meaning(
    EXIT.verificationFailed,
    "verification_failed",
    "Check the integrity of the artifact, then verify it again",
  ),
  policy_blocked: meaning(
    EXIT.policyBlocked,
    "policy_blocked",
    "Look at the reason codes, then change the policy or the intent",
  ),
  approval_required: meaning(EXIT.approvalRequired, "approval_required", "Give a valid approval token"),
  regress_failed: meaning(EXIT.regressFailed, "internal_failure", RETRY),
  dependency_missing: meaning(
    EXIT.dependencyMissing,
    "dependency_missing",
    "Install or configure the missing dependency",
  ),
  unsafe_operation: meaning(
    EXIT.unsafeOperation,
    "internal_failure",
    "Give the unsafe flags only on approved paths",
  ),
  internal_failure: meaning(EXIT.internal, "internal_failure", RETRY),
  io_failure: meaning(EXIT.internal, "io_failure", RETRY),
  state_contention: meaning(
    EXIT.internal,
    "state_contention",
    "Another process holds the lock; try again",
    true,
  ),
  network_transient: meaning(EXIT.internal, "network_transient", "Try again", true),
  network_permanent: meaning(EXIT.internal, "network_permanent", RETRY),
};

function meaning(exit: ExitStatus, category: string, hint: string, retryable = false): ErrorMeaning {
  return { exit, category, retryable, hint };
}

/** The most general code for an exit status; none for success, and for a status that only a child can have. */
export function codeOfExit(exit: number): ErrorCode | undefined {
  switch (exit) {
    case EXIT.ok:
      return undefined;
    case EXIT.internal:
      return "internal_failure";
    case EXIT.verificationFailed:
      return "verification_failed";
    case EXIT.policyBlocked:
      return "policy_blocked";
    case EXIT.approvalRequired:
      return "approval_required";
    case EXIT.regressFailed:
      return "regress_failed";
    case EXIT.invalidInput:
      return "invalid_input";
    case EXIT.dependencyMissing:
      return "dependency_missing";
    case EXIT.unsafeOperation:
      return "unsafe_operation";
    default:
      return undefined;
  }
}
