import { compareBytewise } from "../formats/bytes.ts";
import type { SessionChain } from "../schema/session_chain.ts";
import type { DiffSummary } from "../runpack/diff.ts";

/** Compare two session chains checkpoint by checkpoint (docs/spec/core.md 5.4). */
export function diffSessionChains(left: SessionChain, right: SessionChain): DiffSummary {
  // Of an index that occurs twice all digests count, or a second entry could hide behind the last.
  const digests = (chain: SessionChain) => {
    const byIndex = new Map<number, string>();
    for (const { checkpoint_index: index, checkpoint_digest: digest } of chain.checkpoints) {
      byIndex.set(index, byIndex.has(index) ? `${byIndex.get(index)},${digest}` : digest);
    }
    return byIndex;
  };
  const [leftDigests, rightDigests] = [digests(left), digests(right)];
  const found: string[] = [];
  for (const [index, digest] of leftDigests) {
    if (!rightDigests.has(index)) found.push(`left_only_checkpoint_${index}`);
    else if (rightDigests.get(index) !== digest) found.push(`checkpoint_${index}`);
  }
  for (const index of rightDigests.keys()) {
    if (!leftDigests.has(index)) found.push(`right_only_checkpoint_${index}`);
  }
  const changed = found.length > 0;
  return {
    run_id_left: left.run_id,
    run_id_right: right.run_id,
    manifest_changed: changed,
    files_changed: found.sort(compareBytewise),
    digests_changed: [],
    intents_changed: changed,
    results_changed: changed,
    refs_changed: changed,
    left_only_intents: [],
    right_only_intents: [],
    left_only_results: [],
    right_only_results: [],
    context_runtime_only_changes: false,
  };
}
