import { compareBytewise, utf8 } from "../formats/bytes.ts";
import type { JobState } from "../schema/job.ts";
import { sha256 } from "../signing/mod.ts";

/** What a job is bound to. */
type Bindings = Pick<JobState, "policy_digest" | "policy_ref" | "identity">;

/** The part of a state that says which invariants hold (docs/spec/job.md 2.4). */
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

/** Fill in what a state of an older version lacks, each field for itself; the hash is that of the list as it is. */
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

/** The entries; `runtime_go` is a part of every hash that was ever recorded, so it stays. */
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
