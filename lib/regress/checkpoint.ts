import { invalidInput } from "../errors/mod.ts";
import type { Checkpoint, SessionChain } from "../schema/session_chain.ts";

/**
 * The checkpoint of a chain that a text names: `latest` in any case, blank, or an index from 1; what follows the
 * digits is ignored (docs/spec/regress.md 1.2, step 3).
 *
 * @throws {GaitError} `invalid_input` when the chain has no such checkpoint, or two of them
 */
export function selectCheckpoint(chain: SessionChain, text: string): Checkpoint {
  const wanted = text.trim().toLowerCase();
  if (wanted === "" || wanted === "latest") return chain.checkpoints.at(-1)!;
  const index = Number(/^\d+/.exec(wanted)?.[0] ?? 0);
  if (index < 1) {
    throw invalidInput(`Cannot use checkpoint "${text}": expected latest or a number from 1`);
  }
  const found = chain.checkpoints.filter((checkpoint) => checkpoint.checkpoint_index === index);
  if (found.length === 1) return found[0]!;
  if (found.length > 1) throw invalidInput(`Cannot use checkpoint ${index}: the chain has it twice`);
  const known = chain.checkpoints.map((checkpoint) => checkpoint.checkpoint_index).join(", ");
  throw invalidInput(`Cannot find checkpoint ${index} in session chain "${chain.session_id}"`, {
    hint: `It has ${known.slice(0, 200)}`,
  });
}
