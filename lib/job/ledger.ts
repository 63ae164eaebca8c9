import { compareBytewise, utf8 } from "../formats/bytes.ts";
import type { JobState } from "../schema/job.ts";
import { sha256 } from "../signing/mod.ts";

/** The policy and identity that a job is bound to. */
type Bindings = Pick<JobState, "policy_digest" | "policy_ref" | "identity">;

/** The members of a state that record the safety invariants (docs/spec/job.md 2.4). */
type Ledger = Pick<JobState, "safety_invariant_version" | "safety_invariant_hash" | "safety_invariants">;

/** The ledger of a new job. */
export async function newLedger(bindings: Bindings): Promise<Ledger> {
  const invariants = invariantsOf(bindings);
  return {
    safety_invariant_version: "1",
    safety_invariant_hash: await hashOf(invariants),
    safety_invariants: invariants,
  };
}

/**
 * Fill in the members that a state of an older version lacks, each one independently; a missing hash is computed from
 * the invariants as they are.
 */
export async function withLedger(state: JobState): Promise<JobState> {
  const invariants = state.safety_invariants.length > 0 ? state.safety_invariants : invariantsOf(state);
  return {
    ...state,
    safety_invariant_version: state.safety_invariant_version.trim() === ""
      ? "1"
      : state.safety_invariant_version,
    safety_invariant_hash: state.safety_invariant_hash.trim() === ""
      ? await hashOf(invariants)
      : state.safety_invariant_hash,
    safety_invariants: invariants,
  };
}

/** The invariants of a job. `runtime_go` is part of every recorded hash, so it can't be changed. */
function invariantsOf({ policy_digest, policy_ref, identity }: Bindings): string[] {
  const bound = Object.entries({ policy_digest, policy_ref, identity })
    .map(([name, value]) => [name, value.trim()] as const)
    .filter(([, value]) => value !== "");
  return [
    "control_boundary=runtime_go",
    "fail_closed=true",
    "default_privacy=reference_receipts",
    ...bound.map(([name, value]) => `${name}=${value}`),
  ].sort(compareBytewise);
}

function hashOf(invariants: readonly string[]): Promise<string> {
  const entries = invariants.map((entry) => entry.trim()).filter((entry) => entry !== "");
  return sha256(utf8(entries.sort(compareBytewise).join("|")));
}
